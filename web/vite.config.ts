import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

const server = process.env.PILOTAGE_SERVER ?? "http://127.0.0.1:8360"

export default defineConfig({
  plugins: [react()],
  build: { outDir: "../src/pilotage/web", emptyOutDir: true, assetsInlineLimit: 0 },
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
  test: { include: ["src/**/*.test.ts"] },
})
