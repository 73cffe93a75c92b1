import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

/** Node's modules, with and without the prefix. */
const node = builtinModules.flatMap((name) => [name, `node:${name}`]).filter((name) => !/crypto$/.test(name));

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'build', 'coverage'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-control-regex': 'error',
    },
  },
  {
    // Pure code: no I/O, no process, nothing printed. Tests beside it may read files.
    files: ['sdk/**/*.ts', 'ota/host/**/*.ts', 'hal/contract/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: node.map((name) => ({ name, message: 'this folder is pure: no I/O' })) },
      ],
      'no-restricted-globals': ['error', 'process', 'console', 'setTimeout', 'setInterval', 'fetch'],
    },
  },
  { files: ['cli/bin/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['**/*.mjs', '**/*.js'], rules: { 'no-undef': 'off', 'no-console': 'off' } },
);
