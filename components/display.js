// The page on a shared display: menus away and large type, until Esc or the second button. A class on the page says so,
// because Streamlit draws its own menus. Where the browser has no full screen to give, the class alone does it.
const LARGE = "attune-display"
const root = document.documentElement

const large = () => {
  root.classList.add(LARGE)
  root.requestFullscreen?.().catch(() => {})
}
const usual = () => {
  root.classList.remove(LARGE)
  if (document.fullscreenElement) document.exitFullscreen()
}
const actions = { display_large: large, display_usual: usual, display_print: () => window.print() }

export default function () {
  const tapped = ({ target }) => {
    const button = target.closest?.('[class*="st-key-display_"] button')
    if (!button) return
    const key = button.closest('[class*="st-key-display_"]').className.match(/st-key-(display_\w+)/)[1]
    actions[key]?.()
  }
  const pressed = ({ key }) => key === "Escape" && usual()
  const changed = () => document.fullscreenElement === null && root.classList.remove(LARGE)
  document.addEventListener("click", tapped)
  document.addEventListener("keydown", pressed)
  document.addEventListener("fullscreenchange", changed)
  return () => {
    document.removeEventListener("click", tapped)
    document.removeEventListener("keydown", pressed)
    document.removeEventListener("fullscreenchange", changed)
    // Drawing anew is no leaving: only another screen, which has no such buttons, gets its menus back.
    setTimeout(() => document.querySelector(".st-key-display_tools") === null && usual(), 500)
  }
}
