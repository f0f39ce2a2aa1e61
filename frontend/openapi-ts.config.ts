import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: process.env.OPENAPI_INPUT ?? '../docs/reference/openapi.json',
  output: { path: process.env.OPENAPI_OUTPUT ?? 'src/lib/api/generated', clean: true },
  plugins: [
    { name: '@hey-api/client-axios', runtimeConfigPath: '@/lib/api/runtime', baseUrl: false },
    { name: '@hey-api/typescript', enums: false },
    '@hey-api/sdk',
    { name: '@tanstack/react-query', queryKeys: { tags: true } },
  ],
})
