/**
 * The script of the report page: it draws the plots and moves the sliders. It is plain JavaScript
 * for browsers, kept as text because it is never run here. It reads `#report-data` and leaves
 * `window.vsrReport` for tests.
 */
export const pageScript = `
'use strict';
(() => {
  const clips = JSON.parse(document.getElementById('report-data').textContent);
  const root = document.documentElement;
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const isDark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const strokes = () => isDark() ? ['#6cb6ff', '#f0a35a', '#8ddb8c', '#dcbdfb', '#ff938a', '#adbac7'] : ['#0a66c2', '#b35900', '#1a7f37', '#8250df', '#cf222e', '#57606a'];
  const plots = [];
  /** Height of a plot with its axes, in CSS pixels. */
  const plotHeight = () => innerWidth < 640 ? 200 : 240;
  const flickers = [];

  /** Equal planes are drawn above all others: infinity has no place on an axis. */
  function drawable(values) {
    let top = -Infinity;
    for (const v of values.flat()) if (typeof v === 'number' && v > top) top = v;
    const ceiling = top === -Infinity ? 100 : Math.ceil(top + 3);
    return values.map((column) => column.map((v) => v === 'inf' ? ceiling : v));
  }

  function makePlot(clip, curves, holder) {
    const names = Object.keys(curves.columns);
    const raw = names.map((name) => curves.columns[name]);
    const colours = strokes();
    const data = [clip.frames, ...drawable(raw)];
    const shown = (column, i) => {
      const v = i == null ? null : raw[column][i];
      return v == null ? '–' : v === 'inf' ? 'equal' : v.toFixed(2) + curves.unit;
    };
    const drawSelected = (u) => {
      if (clip.selected == null) return;
      const x = u.valToPos(clip.selected, 'x', true);
      if (x < u.bbox.left - 1 || x > u.bbox.left + u.bbox.width + 1) return;
      const { ctx } = u;
      ctx.save();
      ctx.strokeStyle = css('--accent');
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, u.bbox.top);
      ctx.lineTo(x, u.bbox.top + u.bbox.height);
      ctx.stroke();
      ctx.restore();
    };
    const axis = { stroke: css('--soft'), grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line') } };
    const marks = new Map(curves.marks.map((m) => [m.frame, m.why]));
    const column = names.indexOf(curves.rankedBy);
    const drawMarks = (u) => {
      if (column < 0) return;
      const { ctx } = u;
      ctx.save();
      clip.frames.forEach((frame, i) => {
        const why = marks.get(frame);
        const v = data[column + 1][i];
        if (!why || v == null || !u.series[column + 1].show) return;
        const x = u.valToPos(frame, 'x', true), y = u.valToPos(v, 'y', true);
        if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
        ctx.beginPath();
        ctx.arc(x, y, 5 * devicePixelRatio, 0, 2 * Math.PI);
        ctx.lineWidth = 2 * devicePixelRatio;
        ctx.strokeStyle = why === 'worst' ? (isDark() ? '#ff938a' : '#cf222e') : css('--soft');
        ctx.stroke();
      });
      ctx.restore();
    };
    const options = {
      width: Math.max(280, holder.clientWidth - 16), height: plotHeight(),
      scales: { x: { time: false } },
      cursor: { drag: { x: true, y: false } },
      legend: { live: true },
      series: [
        { label: 'frame', value: (u, v, si, i) => i == null ? '–' : clip.frames[i] + ' (' + clip.times[i].toFixed(3) + ' s)' },
        ...names.map((name, k) => ({ label: curves.labels[name], show: curves.shown.includes(name), stroke: colours[k], width: 1.5, spanGaps: false, points: { show: clip.frames.length <= 150 ? undefined : false }, value: (u, v, si, i) => shown(k, i) })),
      ],
      axes: [{ ...axis, label: 'frame', incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000] }, { ...axis, label: curves.axis }],
      hooks: { draw: [drawMarks, drawSelected] },
    };
    return new uPlot(options, data, holder);
  }

  function zoom(plot, from, to) { plot.setScale('x', { min: from, max: Math.max(to, from + 1) }); }

  function plotKeys(plot, clip) {
    let at = -1;
    return (event) => {
      const last = clip.frames.length - 1;
      const { min, max } = plot.scales.x;
      const half = (max - min) / 2;
      const step = event.shiftKey ? Math.max(1, Math.round(last / 20)) : 1;
      if (event.key === 'ArrowRight') at = Math.min(last, at + step);
      else if (event.key === 'ArrowLeft') at = Math.max(0, at < 0 ? last : at - step);
      else if (event.key === 'Home') at = 0;
      else if (event.key === 'End') at = last;
      else if (event.key === '+' || event.key === '=') { const c = at < 0 ? min + half : clip.frames[at]; return zoom(plot, c - half / 2, c + half / 2); }
      else if (event.key === '-') return zoom(plot, Math.max(clip.frames[0], min - half), Math.min(clip.frames[last], max + half));
      else if (event.key === 'Escape' || event.key === '0') return zoom(plot, clip.frames[0], clip.frames[last]);
      else return;
      event.preventDefault();
      const frame = clip.frames[at];
      if (frame < min || frame > max) zoom(plot, frame - half, frame + half);
      const first = plot.series.findIndex((s, i) => i > 0 && s.show);
      const v = first > 0 ? plot.data[first][at] : null;
      plot.setCursor({ left: plot.valToPos(frame, 'x'), top: v == null ? 10 : plot.valToPos(v, 'y') });
    };
  }

  clips.forEach((clip, number) => {
    const section = document.getElementById('clip-' + number);
    const holder = section.querySelector('.plot.psnr');
    if (!holder || !clip.frames) return;
    const drawInto = (list, curves, into) => {
      if (!into) return;
      list[number]?.destroy();
      list[number] = makePlot(clip, curves, into);
      into.onkeydown = plotKeys(list[number], clip);
    };
    const flickerHolder = section.querySelector('.plot.flicker');
    const draw = () => {
      drawInto(plots, clip.psnr, holder);
      drawInto(flickers, clip.flicker, flickerHolder);
    };
    const zoomAll = (from, to) => { for (const list of [plots, flickers]) if (list[number]) zoom(list[number], from, to); };
    const folded = section.querySelector('details');
    if (folded && innerWidth < 640) folded.open = false;
    // A folded plot has no width to be drawn in.
    if (folded) folded.addEventListener('toggle', () => { if (folded.open && !plots[number]) draw(); });
    if (!folded || folded.open) draw();
    const last = clip.frames[clip.frames.length - 1];
    section.querySelector('.whole').onclick = () => zoomAll(clip.frames[0], last);
    for (const button of section.querySelectorAll('[data-frame]')) {
      const frame = Number(button.dataset.frame);
      button.onclick = () => {
        clip.selected = frame;
        for (const each of section.querySelectorAll('[data-frame]')) each.setAttribute('aria-pressed', String(each === button));
        const half = Math.max(2, Math.min(40, Math.round((last - clip.frames[0]) / 8)));
        zoomAll(Math.max(clip.frames[0], frame - half), Math.min(last, frame + half));
        const at = clip.frames.indexOf(frame);
        const pops = button.parentElement.previousElementSibling === flickerHolder;
        const plot = (pops ? flickers : plots)[number];
        const first = plot.series.findIndex((s, i) => i > 0 && s.show);
        const v = first > 0 && at >= 0 ? plot.data[first][at] : null;
        // Once it is drawn at its new scale.
        setTimeout(() => plot.setCursor({ left: plot.valToPos(frame, 'x'), top: v == null ? 10 : plot.valToPos(v, 'y') }));
        (pops ? flickerHolder : holder).scrollIntoView({ block: 'nearest' });
      };
    }
    clip.draw = () => { if (!folded || folded.open) draw(); };
  });
  const redraw = () => clips.forEach((clip) => clip.draw && clip.draw());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  let resizing;
  addEventListener('resize', () => { clearTimeout(resizing); resizing = setTimeout(() => [...plots, ...flickers].forEach((plot) => plot && plot.setSize({ width: Math.max(280, plot.root.parentElement.clientWidth - 16), height: plotHeight() })), 100); });

  const theme = document.getElementById('theme');
  theme.onclick = () => { root.dataset.theme = isDark() ? 'light' : 'dark'; theme.setAttribute('aria-pressed', String(isDark())); redraw(); };
  theme.setAttribute('aria-pressed', String(isDark()));

  for (const figure of document.querySelectorAll('figure.slider')) {
    const stage = figure.querySelector('.stage');
    const input = stage.querySelector('input');
    const set = () => {
      stage.style.setProperty('--at', input.value + '%');
      input.setAttribute('aria-valuetext', input.value + ' % ' + stage.querySelector('.tag.l').textContent);
    };
    input.addEventListener('input', set);
    set();
    const pick = (button) => {
      const views = clips[Number(figure.dataset.clip)].pictures[Number(figure.dataset.picture)];
      const [left, right] = button.dataset.pair.split(' ');
      const labels = { bicubic: 'bicubic', ours: 'vsr', reference: 'reference' };
      const [under, over] = [stage.querySelector('.under'), stage.querySelector('.over')];
      over.src = views[left]; over.alt = labels[left];
      under.src = views[right]; under.alt = labels[right];
      stage.querySelector('.tag.l').textContent = labels[left];
      stage.querySelector('.tag.r').textContent = labels[right];
      for (const each of figure.querySelectorAll('[data-pair]')) each.setAttribute('aria-pressed', String(each === button));
      set();
    };
    const buttons = figure.querySelectorAll('[data-pair]');
    for (const button of buttons) button.onclick = () => pick(button);
    if (buttons[0]) pick(buttons[0]);
    for (const button of figure.querySelectorAll('[data-zoom]')) {
      button.onclick = () => {
        figure.querySelector('.zoomed').textContent = button.textContent;
        stage.style.width = Number(stage.dataset.width) * Number(button.dataset.zoom) / devicePixelRatio + 'px';
        for (const each of figure.querySelectorAll('[data-zoom]')) each.setAttribute('aria-pressed', String(each === button));
      };
      if (button.getAttribute('aria-pressed') === 'true') button.onclick();
    }
  }
  const unfold = () => {
    const details = location.hash.startsWith('#clip-') && document.querySelector(location.hash + ' details');
    if (details) { details.open = true; details.scrollIntoView(); }
  };
  addEventListener('hashchange', unfold);
  for (const link of document.querySelectorAll('#clips a')) link.addEventListener('click', () => setTimeout(unfold));
  unfold();
  window.vsrReport = { plots, flickers, clips };
})();
`;
