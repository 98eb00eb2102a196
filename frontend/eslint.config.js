import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const closed = (group, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ group, message }] }],
});

export default tseslint.config(
  { ignores: ['node_modules', 'src/api/schema.d.ts', 'eslint.config.js'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/viewer/**'],
    rules: closed(['@cornerstonejs/*'], 'Cornerstone is imported in src/viewer only.'),
  },
  {
    files: ['src/geometry/**', 'src/grading/model.ts', 'src/reading/states.ts'],
    rules: closed(['../*', 'preact', 'preact/*', '@*'], 'This is pure: it imports nothing.'),
  },
  {
    files: ['src/viewer/**'],
    rules: closed(['../grading/*', '../reading/*', '../charts/*'], 'The viewer knows no panel.'),
  },
);
