// For pages without WebAssembly: copy buttons, and moments in the reader's own time.
for (const button of document.querySelectorAll('button.copy')) {
  const code = button.parentElement.querySelector('code');
  const said = button.querySelector('.copy-said');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.text ?? code?.textContent ?? '');
    if (said) said.textContent = 'Copied';
    setTimeout(() => { if (said) said.textContent = ''; }, 2000);
  });
}
for (const time of document.querySelectorAll('time[datetime]')) {
  time.title = new Date(time.dateTime).toLocaleString();
}
document.body.dataset.hydrated = 'true';
