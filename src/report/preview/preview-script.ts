/**
 * The script of the preview page: sliders, and a magnifier that shows one place by every way. It is
 * plain JavaScript for browsers, kept as text because it is never run here. It reads
 * `#preview-data` and leaves `window.vsrPreview` for tests.
 */
export const previewScript = `
'use strict';
(() => {
  const clips = JSON.parse(document.getElementById('preview-data').textContent);
  for (const section of document.querySelectorAll('section[data-clip]')) {
    const clip = clips[Number(section.dataset.clip)];
    const stage = section.querySelector('.stage');
    const input = stage.querySelector('input');
    const [under, over] = [stage.querySelector('.under'), stage.querySelector('.over')];
    const [left, right] = [section.querySelector('.left'), section.querySelector('.right')];
    const marker = stage.querySelector('.marker');
    const tiles = [...section.querySelectorAll('.tile')];
    const state = { frame: 0, zoom: 1, x: 0.5, y: 0.5 };
    const pressed = (buttons, one) => buttons.forEach((b) => b.setAttribute('aria-pressed', String(b === one)));

    const magnify = () => {
      const { width, height } = clip;
      const scale = state.zoom / devicePixelRatio;
      for (const [i, tile] of tiles.entries()) {
        const w = tile.clientWidth, h = tile.clientHeight;
        tile.style.backgroundImage = 'url(' + clip.frames[state.frame].larger[i] + ')';
        tile.style.backgroundSize = width * scale + 'px ' + height * scale + 'px';
        const place = (at, extent, room) => extent * scale <= room ? (room - extent * scale) / 2 : Math.min(0, Math.max(room - extent * scale, room / 2 - at * extent * scale));
        tile.style.backgroundPosition = place(state.x, width, w) + 'px ' + place(state.y, height, h) + 'px';
        if (i > 0) continue;
        const [shareX, shareY] = [Math.min(1, w / (width * scale)), Math.min(1, h / (height * scale))];
        const at = (v, share) => Math.min(1 - share, Math.max(0, v - share / 2));
        marker.style.left = 100 * at(state.x, shareX) + '%';
        marker.style.top = 100 * at(state.y, shareY) + '%';
        marker.style.width = 100 * shareX + '%';
        marker.style.height = 100 * shareY + '%';
      }
      section.querySelector('.place').textContent = Math.round(state.x * width) + ', ' + Math.round(state.y * height);
    };
    const slide = () => {
      stage.style.setProperty('--at', input.value + '%');
      input.setAttribute('aria-valuetext', input.value + ' % ' + clip.ways[Number(left.value)]);
    };
    const show = () => {
      const { larger } = clip.frames[state.frame];
      over.src = larger[Number(left.value)]; over.alt = clip.ways[Number(left.value)];
      under.src = larger[Number(right.value)]; under.alt = clip.ways[Number(right.value)];
      stage.querySelector('.tag.l').textContent = over.alt;
      stage.querySelector('.tag.r').textContent = under.alt;
      slide();
      magnify();
    };
    input.addEventListener('input', slide);
    left.onchange = right.onchange = show;
    const frames = [...section.querySelectorAll('[data-frame]')];
    for (const button of frames) button.onclick = () => { state.frame = Number(button.dataset.frame); pressed(frames, button); show(); };
    const zooms = [...section.querySelectorAll('[data-zoom]')];
    for (const button of zooms) button.onclick = () => { state.zoom = Number(button.dataset.zoom); pressed(zooms, button); magnify(); };
    const limit = (v) => Math.min(1, Math.max(0, v));
    // A click on the large picture, or a drag of any tile, moves all tiles to one place.
    stage.addEventListener('click', (event) => {
      const box = stage.getBoundingClientRect();
      state.x = limit((event.clientX - box.left) / box.width);
      state.y = limit((event.clientY - box.top) / box.height);
      magnify();
    });
    const moved = (dx, dy) => {
      const scale = state.zoom / devicePixelRatio;
      state.x = limit(state.x + dx / (clip.width * scale));
      state.y = limit(state.y + dy / (clip.height * scale));
      magnify();
    };
    for (const tile of tiles) {
      tile.onpointerdown = (event) => { tile.setPointerCapture(event.pointerId); };
      tile.onpointermove = (event) => { if (tile.hasPointerCapture(event.pointerId)) moved(-event.movementX, -event.movementY); };
      tile.onkeydown = (event) => {
        const step = event.shiftKey ? 64 : 8;
        const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
        if (!by) return;
        event.preventDefault();
        moved(...by);
      };
    }
    addEventListener('resize', magnify);
    [state.x, state.y] = clip.start;
    section.vsr = state;
    show();
  }
  window.vsrPreview = { clips };
})();
`;
