import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';
import type { Options } from './support/test.ts';

// `cargo xtask test` sets these; by hand, the debug build and Debian's Chromium are found without them.
process.env.SERVER_BIN ??= new URL('../target/debug/designated-centres', import.meta.url).pathname;

/**
 * Two widths, each with and without JavaScript; `*.js.spec.ts` needs it, `*.plain.spec.ts` must be without it.
 * Tags say where a single test runs: `@desktop` where the narrow width would show nothing new, `@pointer` where there is
 * one, `@scripts` where JavaScript is. A test runs or is not chosen; none is skipped.
 */
const screens = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const ways = [
  { name: '', javaScriptEnabled: true, testIgnore: /\.plain\.spec\.ts$/, not: [] },
  { name: '-plain', javaScriptEnabled: false, testIgnore: /\.js\.spec\.ts$/, not: [/@scripts\b/] },
];

const projects: PlaywrightTestConfig<object, Options>['projects'] = Object.entries(screens).flatMap(([screen, viewport]) =>
  ways.map(({ name, javaScriptEnabled, testIgnore, not }) => ({
    name: screen + name,
    testIgnore,
    grepInvert: [...not, ...(screen === 'phone' ? [/@desktop\b/, /@pointer\b/] : [])],
    use: { viewport, javaScriptEnabled },
  })),
);

export default defineConfig<object, Options>({
  testDir: 'tests',
  outputDir: 'test-results/run',
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 8_000 },
  forbidOnly: true,
  retries: 0,
  reporter: [['list'], ['html', { outputFolder: 'report', open: 'never' }]],
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'Europe/Oslo',
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    ...projects,
    {
      name: 'postgres',
      testMatch: 'journey.spec.ts',
      use: { viewport: screens.desktop, javaScriptEnabled: true, engine: 'postgres' },
    },
  ],
});
