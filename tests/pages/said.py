"""What a screen says, whatever element says it."""


def said(screen):
    kinds = (
        screen.title, screen.header, screen.subheader, screen.markdown, screen.text, screen.caption, screen.info,
        screen.warning, screen.error, screen.success,
    )  # fmt: skip
    return "\n".join(str(one.value) for kind in kinds for one in kind)
