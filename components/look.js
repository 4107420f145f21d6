// Streamlit puts the groups of its menu into a list without items around them, which a screen reader cannot count. Here
// the list is taken for what it is: named groups of links. Streamlit draws the menu anew when it likes, so this watches.
const MENU = '[data-testid="stSidebarNavItems"]'

function tell() {
  for (const part of document.querySelectorAll(`${MENU}:not([role]), ${MENU} li:not([role])`)) {
    part.setAttribute("role", "none")
  }
  document.querySelectorAll(`${MENU} > div`).forEach((group, number) => {
    const words = group.querySelector("header p")
    if (!words || words.id) return
    words.id = `attune-menu-${number}`
    group.setAttribute("role", "group")
    group.setAttribute("aria-labelledby", words.id)
  })
}

export default function () {
  tell()
  const watch = new MutationObserver(tell)
  watch.observe(document.body, { childList: true, subtree: true })
  return () => watch.disconnect()
}
