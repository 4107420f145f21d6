"""The tablet's storage when it fails, when another tab was quicker, and in the course of time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.tablet_modules import modules_page

pytestmark = pytest.mark.browser

START = """
  const { Queue } = await import("/capture/app/queue.js");
  const { makeLock } = await import("/capture/app/lock.js");
  const { openPeople, openVault, StorageError } = await import("/capture/app/store.js");
  const raised = (work) => work.then(() => null, (error) => error.code ?? error.message);
  const { key } = await makeLock("otter-417", "one");
  const vault = await openVault(crypto.randomUUID(), key);
  const entry = { client_uuid: crypto.randomUUID(), form: "visit", problems: [], refused: null };
  const stateOf = async () => (await vault.entry(entry.client_uuid))?.state ?? null;
"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with modules_page(browser) as opened:
        yield opened


def test_what_could_not_be_stored_is_tried_again_and_said_until_it_is(page: Page):
    told = page.evaluate(f"""async () => {{ {START}
      let isFull = true;
      const full = () => Promise.reject(new StorageError("storage_full"));
      const queue = new Queue({{ move: (...how) => (isFull ? full() : vault.move(...how)) }}, () => null);
      const found = [await raised(queue.keepDraft(entry, {{ summary: "typed" }}, null))];
      found.push(await raised(queue.finish(entry, {{ summary: "typed" }}, {{}}, null)));
      found.push(await raised(queue.flush()), await stateOf());
      isFull = false;
      found.push(await raised(queue.flush()), (await vault.entry(entry.client_uuid)).fields.summary);
      return found;
    }}""")
    assert told == ["storage_full", "storage_full", "storage_full", None, None, "typed"]


TWO_TABS = """
  const [here, there] = [new Queue(vault, () => null), new Queue(vault, () => null)];
  const opened = async () => ({ ...(await vault.entry(entry.client_uuid)) });
  const words = async () => (await vault.entries()).map((one) => [one.state, one.fields.summary]).sort();
  const seen = ({ elsewhere }) => elsewhere && [elsewhere.isSaved, elsewhere.isKept, Boolean(elsewhere.at)];
  await here.keepDraft(entry, { summary: "typed" }, null);
  const other = await opened();
"""


def test_what_two_tabs_type_in_one_draft_is_kept_of_both_and_told_to_the_one_that_is_behind(page: Page):
    told = page.evaluate(f"""async () => {{ {START} {TWO_TABS}
      await there.look(other);
      const found = [seen(other) ?? null];
      await there.keepDraft(other, {{ summary: "typed there" }}, null);
      await here.look(entry);
      found.push(seen(entry), seen(other) ?? null);
      await here.keepDraft(entry, {{ summary: "typed here" }}, null);
      const isOfOther = entry.elsewhere.client_uuid === other.client_uuid;
      found.push(seen(entry), isOfOther, entry.client_uuid !== other.client_uuid);
      await there.keepDraft(other, {{ summary: "there" }}, null);
      await here.keepDraft(entry, {{ summary: "here" }}, null);
      return [...found, await words()];
    }}""")
    assert told[:3] == [None, [False, False, True], None]
    assert told[3:6] == [[False, True, True], True, True]
    assert told[6] == [["draft", "here"], ["draft", "there"]], "apart from then on: nobody is told again"


def test_saving_what_another_tab_has_changed_or_saved_since_is_a_draft_of_its_own_first(page: Page):
    told = page.evaluate(f"""async () => {{ {START} {TWO_TABS}
      await there.keepDraft(other, {{ summary: "typed there" }}, null);
      const found = [await raised(here.finish(entry, {{ summary: "typed" }}, {{}}, null)), seen(entry), await words()];
      found.push(await raised(here.finish(entry, {{ summary: "typed" }}, {{}}, null)));
      const late = await vault.entry(other.client_uuid);
      await there.finish(other, {{ summary: "typed there" }}, {{}}, null);
      await here.look(late);
      found.push(seen(late));
      await here.keepDraft(late, {{ summary: "typed late" }}, null);
      return [...found, seen(late), await words(), await raised(here.flush())];
    }}""")
    assert told[:3] == ["entry_elsewhere", [False, True, True], [["draft", "typed"], ["draft", "typed there"]]]
    assert told[3] is None
    assert told[4:6] == [[True, False, True], [True, True, True]]
    assert told[6:] == [[["draft", "typed late"], ["waiting", "typed"], ["waiting", "typed there"]], None]


def test_typing_in_an_entry_that_another_tab_discarded_brings_it_back(page: Page):
    told = page.evaluate(f"""async () => {{ {START}
      const queue = new Queue(vault, () => null);
      await queue.keepDraft(entry, {{ summary: "typed" }}, null);
      await queue.discard((await queue.lists()).drafts[0]);
      const found = [await stateOf()];
      await queue.keepDraft(entry, {{ summary: "typed on" }}, null);
      await queue.tidy(Date.now() + 3600_000);
      return [...found, await stateOf(), (await vault.entry(entry.client_uuid)).fields.summary];
    }}""")
    assert told == ["dropped", "draft", "typed on"]


def test_a_lock_is_never_replaced_and_what_others_were_given_goes_after_14_days(page: Page):
    told = page.evaluate(f"""async () => {{ {START}
      const {{ start }} = await import("/capture/app/session.js");
      const people = await openPeople();
      const days = (count) => Date.now() - count * 86400_000;
      const person = (id, since) => ({{ person_id: id, lock: id, last_contact: days(since), ended: null, device: id }});
      const found = [];
      for (const [id, since] of [["here", 1], ["lately", 13], ["long ago", 15]]) {{
        found.push(await people.addPerson(person(id, since)));
        await (await openVault(id, key)).keep("reference", {{ sites: [] }});
      }}
      found.push(await people.addPerson({{ ...person("here", 1), lock: "another" }}));
      found.push((await people.person("here")).lock);
      await people.setHere("here");
      found.push((await start(people)).screen);
      for (const id of ["here", "lately", "long ago"]) {{
        found.push(Boolean(await (await openVault(id, key)).kept("reference")), (await people.person(id)).ended);
      }}
      return found;
    }}""")
    assert told[:6] == [True, True, True, False, "here", "locked"]
    assert told[6:] == [True, None, True, None, False, "too_long"]


def test_wrong_pins_are_slowed_down_and_a_clock_that_was_years_ahead_locks_nobody_out(page: Page):
    told = page.evaluate("""async () => {
      const { tried } = await import("/capture/app/attempts.js");
      const who = { person_id: "one", wrong: 4, wait_until: Date.now() + 900_000 };
      const people = { person: async () => ({ ...who }), change: async (_id, change) => Object.assign(who, change) };
      const found = [(await tried(people, who, async () => true))?.[0][0] ?? null];
      who.wait_until = Date.now() + 4 * 365 * 86400_000;
      found.push(await tried(people, who, async () => true), who.wrong);
      return found;
    }""")
    assert told == ["pin_wait", None, 0]


def test_a_sender_that_cannot_note_what_was_answered_says_so_and_tries_again(page: Page):
    told = page.evaluate(f"""async () => {{ {START}
      const {{ Sender }} = await import("/capture/app/send.js");
      const [told, tries] = [[], []];
      const fails = () => Promise.reject(new StorageError("storage_full"));
      const again = new Promise((done) => tries.push(() => null, done));
      const queue = {{ recover: () => (tries.shift()(), fails()) }};
      const sender = new Sender(queue, {{ person_id: "one" }}, (change) => told.push(change));
      await sender.wake();
      const first = [...told];
      await again;
      await sender.stop();
      return first;
    }}""")
    assert told == [{"progress": None, "trouble": "storage_full"}]
