/** Runs in a page, which is whole without it: a button at each block that copies its commands without the prompts. */
export const COPY_SCRIPT = `
for (const figure of document.querySelectorAll('figure.code')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    const commands = [...figure.querySelectorAll('.command')].map((command) => command.textContent)
    const text = commands.length > 0 ? commands.join('\\n') : figure.querySelector('code').textContent
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
    setTimeout(() => (button.textContent = 'Copy'), 1500)
  })
  figure.append(button)
}
`
