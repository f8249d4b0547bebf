/** Whether the tests run in their long form (`npm run test:long`), which takes twice as long. */
export const isLongForm = process.env['VSR_TEST_LONG'] === '1';

/** Why a case is left out; `false` in the long form. */
export const onlyInLongForm = isLongForm ? false : 'in the long form alone: npm run test:long';
