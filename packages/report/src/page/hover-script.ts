/**
 * Runs in the page, which is whole without it: reads out the values under the pointer. Everything it shows is set as text,
 * never as markup.
 */
export const HOVER_SCRIPT = `
(() => {
  const data = JSON.parse(document.getElementById('data').textContent)
  const svg = document.getElementById('graphs')
  const tip = document.getElementById('tip')
  const cursor = document.getElementById('cursor')
  if (!svg) return
  const { top, bottom } = svg.dataset
  const when = (at, short) => {
    const text = new Date(at + data.offsetMs).toISOString()
    return short ? text.slice(11, 19) : text.slice(0, 10) + ' ' + text.slice(11, 19)
  }
  // A mark tells itself in its title, which goes: the tip says it better, and both at once would cover the graph.
  const marks = [...svg.querySelectorAll('.mark')].map((flag) => {
    const title = flag.querySelector('title')
    const [head, ...lines] = title.textContent.split('\\n')
    title.remove()
    return { flag, at: Number(flag.dataset.at), head, lines }
  })
  const line = (text, tag, className) => {
    const element = document.createElement(tag || 'div')
    element.textContent = text
    if (className) element.className = className
    return element
  }
  const value = (tenths, unit) => {
    const whole = Math.abs(tenths) >= 1000 || unit === '' ? Math.round(tenths / 10) : tenths / 10
    if (unit === 'MiB' && tenths >= 15360) return (tenths / 10240).toFixed(2) + ' GiB'
    return whole + (unit ? ' ' + unit : '')
  }
  const nearest = (at) => {
    const wanted = (at - data.start - data.stepMs / 2) / 100
    let low = 0
    let high = data.at.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (data.at[middle] < wanted) low = middle + 1
      else high = middle
    }
    if (low > 0 && wanted - data.at[low - 1] < data.at[low] - wanted) low -= 1
    return Math.abs(data.at[low] - wanted) * 100 <= data.stepMs * 1.5 ? low : -1
  }
  const valueRows = (index) => {
    const table = document.createElement('table')
    let row
    for (const { name, unit, values } of data.series) {
      const tenths = values[index]
      if (tenths === null || tenths === undefined) continue
      if (name === 'of') {
        if (row) row.lastChild.textContent += ' of ' + value(tenths, unit)
        continue
      }
      row = table.insertRow()
      row.append(line(name, 'td'), line(value(tenths, unit), 'td', 'n'))
    }
    return table
  }
  const show = (event) => {
    const box = svg.getBoundingClientRect()
    const scale = svg.viewBox.baseVal.width / box.width
    const x = (event.clientX - box.left) * scale
    const flag = event.target.closest('.mark')
    if (!flag && (x < data.left || x > data.right)) return hide()
    const pointed = data.from + ((x - data.left) / (data.right - data.left)) * (data.to - data.from)
    const close = ((data.to - data.from) / (data.right - data.left)) * 5
    const mark = flag
      ? marks.find((each) => each.flag === flag)
      : marks.find((each) => Math.abs(each.at - pointed) < close)
    const at = mark ? mark.at : pointed
    const index = nearest(at)
    tip.replaceChildren(line(when(at), 'div', 'when'))
    if (mark) tip.append(line(mark.head, 'div', 'head'), ...mark.lines.map((text) => line(text)))
    else tip.append(index < 0 ? line('nothing was measured: it did not run') : valueRows(index))
    const place = data.left + ((at - data.from) / (data.to - data.from)) * (data.right - data.left)
    cursor.setAttribute('d', 'M' + place.toFixed(1) + ' ' + top + 'V' + bottom)
    tip.hidden = false
    const width = tip.offsetWidth
    const left = event.clientX + 18 + width > innerWidth ? event.clientX - width - 18 : event.clientX + 18
    tip.style.left = Math.max(4, left) + 'px'
    tip.style.top = Math.max(4, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)) + 'px'
  }
  const hide = () => {
    tip.hidden = true
    cursor.setAttribute('d', '')
  }
  svg.addEventListener('pointermove', show)
  svg.addEventListener('pointerleave', hide)
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })
})()
`
