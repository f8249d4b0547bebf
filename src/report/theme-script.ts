/** What runs on a page of ours: the button that turns it light or dark. Text of the browser's. */
export const themeScript = `
'use strict';
(() => {
  const root = document.documentElement;
  const theme = document.getElementById('theme');
  const isDark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const tellTheme = () => theme.setAttribute('aria-pressed', String(isDark()));
  theme.onclick = () => { root.dataset.theme = isDark() ? 'light' : 'dark'; tellTheme(); };
  tellTheme();
})();
`;
