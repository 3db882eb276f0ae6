import hooks from "eslint-plugin-react-hooks"
import tseslint from "typescript-eslint"

const network = ["fetch", "EventSource", "XMLHttpRequest", "WebSocket"]

export default tseslint.config(
  { ignores: ["node_modules", "src/client/schema.d.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "max-lines": ["error", 400],
      "no-console": "error",
      "no-restricted-globals": [
        "error",
        ...network.map((name) => ({ name, message: "Only src/client talks to the network." })),
      ],
    },
  },
  { files: ["src/client/**"], rules: { "no-restricted-globals": "off" } },
)
