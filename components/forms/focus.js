// After a save that did not go through, the keyboard and the screen reader go to the list of what is wrong.
let latest = 0

export default function ({ data }) {
  if (data.turn <= latest) return
  latest = data.turn
  requestAnimationFrame(() => {
    const list = document.querySelector(`.st-key-${CSS.escape(data.key)}`)
    if (list === null) return
    list.setAttribute("tabindex", "-1")
    list.focus()
    list.scrollIntoView({ block: "nearest" })
  })
}
