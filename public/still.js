// For pages without WebAssembly: copy buttons, moments in the reader's own time, and the picture of the topology.
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
// A service has not answered yet: look again.
const again = document.querySelector('[data-again]');
if (again) setTimeout(() => location.reload(), again.dataset.again * 1000);
// The network topology: zoom, drag, and what a thing is connected with.
const frame = document.querySelector('.topology-frame');
if (frame) {
  const svg = frame.querySelector('svg');
  const size = { width: +svg.dataset.width, height: +svg.dataset.height };
  const now = () => svg.clientWidth / size.width;
  const zoom = (to, x = frame.clientWidth / 2, y = frame.clientHeight / 2) => {
    const by = Math.min(Math.max(to, 0.2), 4);
    const left = (frame.scrollLeft + x) / now(), top = (frame.scrollTop + y) / now();
    frame.dataset.fits = 'false';
    svg.setAttribute('width', size.width * by);
    svg.setAttribute('height', size.height * by);
    frame.scrollTo(left * by - x, top * by - y);
  };
  const fit = () => zoom(Math.min((frame.clientWidth - 2) / size.width, (innerHeight * 0.76) / size.height));
  for (const link of document.querySelectorAll('a[data-zoom]')) {
    link.setAttribute('role', 'button');
    const apply = (event) => {
      event.preventDefault();
      if (link.dataset.zoom === 'fit') fit();
      else zoom(now() * (link.dataset.zoom === 'in' ? 1.25 : 0.8));
    };
    link.addEventListener('click', apply);
    link.addEventListener('keydown', (event) => { if (event.key === ' ') apply(event); });
  }
  frame.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const at = frame.getBoundingClientRect();
    zoom(now() * Math.exp(-event.deltaY / 400), event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });
  // A finger scrolls by itself. A drag is no click on what lies under it.
  let from = null, moved = false;
  frame.dataset.pans = '';
  frame.addEventListener('pointerdown', (event) => {
    moved = false;
    if (event.button === 0 && event.pointerType === 'mouse') from = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
  });
  frame.addEventListener('dragstart', (event) => event.preventDefault());
  addEventListener('pointermove', (event) => {
    if (!from) return;
    const x = event.clientX - from.x, y = event.clientY - from.y;
    if (!moved && Math.hypot(x, y) < 4) return;
    moved = true;
    frame.dataset.pans = 'now';
    frame.scrollTo(from.left - x, from.top - y);
  });
  addEventListener('pointerup', () => { from = null; frame.dataset.pans = ''; });
  frame.addEventListener('click', (event) => { if (moved) event.preventDefault(); moved = false; }, true);
  const show = (id) => {
    for (const wire of svg.querySelectorAll('.wire')) wire.toggleAttribute('data-on', wire.dataset.from === id || wire.dataset.to === id);
    svg.querySelector('.wires').parentElement.toggleAttribute('data-some', !!id && !!svg.querySelector('[data-on]'));
  };
  for (const node of svg.querySelectorAll('a.node[data-node]')) {
    for (const on of ['pointerenter', 'focus']) node.addEventListener(on, () => show(node.dataset.node));
    for (const off of ['pointerleave', 'blur']) node.addEventListener(off, () => show(''));
  }
}
document.body.dataset.hydrated = 'true';
