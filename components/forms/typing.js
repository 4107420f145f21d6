// A text area tells the server its text when Ctrl+Enter is pressed, a text field on Enter, and each when it is left.
// Here a pause in the typing presses that key, so that a draft of the text is kept within a second. What was typed in
// the moment in which the connection was cut is put back when it returns: Streamlit then shows what the server knew.
const PAUSE = 600
const LOOK_EVERY = 150
const LOOK_FOR = 2000
const ANSWER_WITHIN = 900
const REST = 80

// Of each field by its key: what it held before, what was typed last, and whether that was when the connection was cut.
// On the window, because a new session draws this component anew.
const fields = (window.attuneTyping ??= new Map())

const keyOf = (field) => field.closest('[class*="st-key-"]')?.className.match(/st-key-(\S+)/)?.[1]
const fieldOf = (key) => document.querySelector(`.st-key-${CSS.escape(key)} :is(textarea, input)`)
const isText = (field) =>
  field.closest?.('[data-testid="stMain"] :is([data-testid="stTextArea"], [data-testid="stTextInput"])')

const isAnswering = () => document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState !== "notRunning"

function write(field, text) {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, text)
  field.dispatchEvent(new Event("input", { bubbles: true }))
}

function send(field) {
  fields.get(keyOf(field))?.before.add(field.value)
  field.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Enter", code: "Enter", ctrlKey: field.tagName === "TEXTAREA", bubbles: true })
  )
}

function noteCut() {
  for (const [key, known] of fields) {
    const field = fieldOf(key)
    if (field === null || field.value !== known.typed) fields.delete(key)
    else known.cut = true
  }
}

function putBack() {
  for (const [key, known] of fields) {
    const field = fieldOf(key)
    if (!known.cut || field === null || field.disabled) continue
    if (field.value === known.typed && !known.before.has(known.typed)) send(field)
    else if (field.value !== known.typed && known.before.has(field.value)) write(field, known.typed)
  }
}

export default function ({ setTriggerValue }) {
  let waiting = null
  let timer = 0
  let looking = 0
  let sentAt = -Infinity

  const sendWaiting = () => {
    clearTimeout(timer)
    if (waiting?.isConnected && !waiting.disabled) send(waiting)
    waiting = null
  }
  const entered = ({ target }) => {
    if (isText(target)) fields.set(keyOf(target), { before: new Set([target.value]), typed: target.value, cut: false })
  }
  const typed = (event) => {
    if (!isText(event.target)) return
    waiting = event.target
    const known = fields.get(keyOf(waiting))
    if (known) known.typed = waiting.value
    clearTimeout(timer)
    if (!event.isComposing) timer = setTimeout(sendWaiting, PAUSE)
  }
  // A text is on its way only a moment after its field was left. A quick tap on a link would overtake it, and the page
  // that is left forgets it: such a tap counts that moment later.
  const pressed = ({ target }) => {
    if (waiting === null || target === waiting) return
    sendWaiting()
    sentAt = performance.now()
  }
  const tapped = (event) => {
    const link = event.target.closest?.("a[href]")
    const isPlain = event.isTrusted && !(event.ctrlKey || event.metaKey || event.shiftKey)
    if (!link || !isPlain || performance.now() - sentAt > REST) return
    event.preventDefault()
    event.stopImmediatePropagation()
    setTimeout(() => link.click(), REST)
  }
  const left = () => (waiting = null)
  const look = () => {
    clearInterval(looking)
    let remaining = LOOK_FOR
    let unanswered = ANSWER_WITHIN
    let answered = false
    looking = setInterval(() => {
      // A new session knows no part of the page before it has drawn the whole, and is not always asked to do so.
      if (isAnswering()) {
        answered = true
        remaining = LOOK_FOR
        return
      }
      unanswered -= LOOK_EVERY
      if (unanswered <= 0 && unanswered > -LOOK_EVERY && !answered) setTriggerValue("back", true)
      if (!answered && unanswered > -10 * ANSWER_WITHIN) return
      putBack()
      remaining -= LOOK_EVERY
      if (remaining > 0) return
      clearInterval(looking)
      for (const known of fields.values()) known.cut = false
    }, LOOK_EVERY)
  }
  const watch = new MutationObserver((changes) => {
    const texts = changes.map((change) => change.target).filter(isText)
    if (texts.some((field) => field.disabled)) noteCut()
    else if (texts.length) look()
  })

  watch.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["disabled"] })
  document.addEventListener("focusin", entered)
  document.addEventListener("input", typed)
  document.addEventListener("pointerdown", pressed, true)
  document.addEventListener("click", tapped, true)
  document.addEventListener("focusout", left)
  document.addEventListener("visibilitychange", sendWaiting)
  if ([...fields.values()].some((known) => known.cut)) look()
  return () => {
    clearTimeout(timer)
    watch.disconnect()
    document.removeEventListener("focusin", entered)
    document.removeEventListener("input", typed)
    document.removeEventListener("pointerdown", pressed, true)
    document.removeEventListener("click", tapped, true)
    document.removeEventListener("focusout", left)
    document.removeEventListener("visibilitychange", sendWaiting)
  }
}
