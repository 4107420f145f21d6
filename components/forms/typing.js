// A text area tells the server its text when Ctrl+Enter is pressed, a text or number field on Enter, and each when it
// is left. Here a pause in the typing presses that key, so that a draft of the text is kept within a second.
const PAUSE = 600

export default function () {
  let waiting = null
  let timer = 0

  const send = () => {
    clearTimeout(timer)
    const field = waiting
    waiting = null
    if (field === null || !field.isConnected) return
    field.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: field.tagName === "TEXTAREA", bubbles: true })
    )
  }
  const typed = (event) => {
    const field = event.target
    if (!field.closest?.('[data-testid="stMain"] :is([data-testid="stTextArea"], [data-testid="stTextInput"])')) return
    waiting = field
    clearTimeout(timer)
    if (!event.isComposing) timer = setTimeout(send, PAUSE)
  }
  const left = () => (waiting = null)

  document.addEventListener("input", typed)
  document.addEventListener("focusout", left)
  document.addEventListener("visibilitychange", send)
  return () => {
    clearTimeout(timer)
    document.removeEventListener("input", typed)
    document.removeEventListener("focusout", left)
    document.removeEventListener("visibilitychange", send)
  }
}
