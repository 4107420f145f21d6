// From the tap (the event's own time) to the next frame after the end of the script's run in which nothing is stale. The
// run's end is read from the WebSocket, because a short run begins and ends without a mark on the page.
// FINISHED and EARLY are Streamlit's numbers for the message that ends a run, and for an end that another run follows.
function finished(bytes) {
  const varint = (at) => {
    let value = 0, shift = 1
    for (;;) {
      const byte = bytes[at++]
      value += (byte & 127) * shift
      shift *= 128
      if (byte < 128) return [value, at]
    }
  }
  for (let at = 0; at < bytes.length;) {
    let tag, value
    ;[tag, at] = varint(at)
    ;[value, at] = varint(at)
    if (tag === FINISHED * 8) return value !== EARLY
    if (tag % 8 === 2) at += value
  }
  return false
}
window.runs = 0
const Streams = window.WebSocket
window.WebSocket = class extends Streams {
  constructor(...given) {
    super(...given)
    this.addEventListener('message', ({ data }) => { if (finished(new Uint8Array(data))) window.runs += 1 })
  }
}
window.tapTook = () => new Promise((done) => {
  document.addEventListener('click', (event) => {
    const began = event.timeStamp, runs = window.runs
    const idle = () => document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'
    const look = () => {
      const waited = performance.now() - began
      if (window.runs > runs && idle() && !document.querySelector('[data-stale="true"]')) done(waited)
      else if (waited > 15000) done(null)
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }, { once: true, capture: true })
})
