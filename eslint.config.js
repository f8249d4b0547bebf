import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['build', 'node_modules', '**/*.js'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { project: './tsconfig.json' } } },
  {
    files: ['test/**'],
    // node:test's describe/test return promises that its runner awaits itself.
    rules: { '@typescript-eslint/no-floating-promises': 'off' },
  },
);
