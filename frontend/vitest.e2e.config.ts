import { defineConfig } from 'vitest/config'

// The journeys: the real server with the sandbox behind it, and Debian's Chromium. Run by `make e2e`.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['tests/e2e/**/*.test.ts'],
    globalSetup: ['tests/e2e/servers.ts'],
    // Two at a time, on the same servers: no two files touch the same company.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    bail: 1,
  },
})
