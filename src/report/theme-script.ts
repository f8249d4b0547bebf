/** The script of a page for the button that makes it light or dark, as text for browsers. */
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
