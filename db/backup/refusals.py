"""Why a backup was not made or not restored: each reason has its own exit code, told in docs/operations.md."""


class BackupRefused(RuntimeError):
    """A backup or a restore stopped; the message is for the operator, ``exit_code`` for their scripts."""

    exit_code = 20


class KeyMissing(BackupRefused):
    """No key was given, or its file is not there."""

    exit_code = 21


class KeyEmpty(BackupRefused):
    """The key's file holds nothing."""

    exit_code = 22


class KeyWrong(BackupRefused):
    """It is not a key, or not the key to this file."""

    exit_code = 23


class BackupDamaged(BackupRefused):
    """The file was cut off or changed."""

    exit_code = 24


class BackupNewer(BackupRefused):
    """A newer version of Attune made the file."""

    exit_code = 25


class TargetInUse(BackupRefused):
    """Where the data should go there is something already, or somebody has it open."""

    exit_code = 26


class RestoreUnsound(BackupRefused):
    """What was restored does not pass its checks."""

    exit_code = 27
