// Drives the screen in a real terminal and looks at what a person would see, also after leaving it.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { openTerminal } from "./tmux.mjs";

const report = process.argv[2] ?? "/dev/null";
const folder = mkdtempSync(join(tmpdir(), "cadenza-terminal-"));
const child = resolve("node_modules/.cache/terminal/screen-child.mjs");
let passed = 0;
let failed = 0;

async function check(name, body) {
  try {
    await body();
    passed++;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : error}`);
  }
}

function same(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: expected\n${expected}\nbut it is\n${actual}`);
}

async function bundleChild() {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const bundle = await rolldown({
    input: "test/support/screen-child.ts",
    moduleTypes: { ".cdz": "text" },
    platform: "node",
    external: [/^node:/, ...Object.keys(dependencies).flatMap((name) => [name, new RegExp(`^${name}/`)])],
  });
  await bundle.write({ file: child, format: "esm" });
  await bundle.close();
}

/** The command on a fresh copy of the starter. */
function realCommand(...more) {
  const project = mkdtempSync(join(folder, "starter-"));
  cpSync("examples/starter", project, { recursive: true });
  return ["node", resolve("dist/cadenza.js"), "run", "--ui", "--project", project, ...more].join(" ");
}

const seesPrograms = (lines) =>
  lines.some((line) => /^ {2}Programs /.test(line)) && lines.some((line) => /^> /.test(line));

/** Opens a shell with something on its screen and starts `command` there; `act` leaves it; then all must be as before. */
async function leaves(command, act, { code, says }) {
  const terminal = openTerminal(80, 24, folder);
  try {
    await terminal.prompt();
    terminal.run("stty -a > before.txt; printf 'a first line\\na second line\\n'");
    await terminal.prompt();
    const before = terminal.screen();
    terminal.run(`bash -c 'echo $$ > pid.txt; exec "$@"' - ${command}; echo "code $?"; stty -a > after.txt`);
    await terminal.until("the list of programs", seesPrograms);
    same("alternate screen and cursor while it runs", terminal.flags(), "1 0");
    await act(terminal);
    await terminal.until("the exit code", (lines) => lines.some((line) => /^code \d+$/.test(line)));
    await terminal.prompt();
    same("alternate screen and cursor", terminal.flags(), "0 1");
    const after = terminal.scrolled();
    same("what was on the screen before", after.slice(0, before.length - 1).join("\n"), before.slice(0, -1).join("\n"));
    if (after.some((line) => line.includes("Programs ")))
      throw new Error(`a frame stayed behind:\n${after.join("\n")}`);
    same(
      "exit code",
      after.find((line) => /^code \d+$/.test(line)),
      `code ${code}`,
    );
    if (says && !after.some((line) => line.includes(says))) {
      throw new Error(`\`${says}\` is not on the screen:\n${after.join("\n")}`);
    }
    same("stty", readFileSync(join(folder, "after.txt"), "utf8"), readFileSync(join(folder, "before.txt"), "utf8"));
    const modes = readFileSync(join(folder, "after.txt"), "utf8").split(/[\s;]+/);
    for (const mode of ["echo", "icanon", "isig"]) {
      if (!modes.includes(mode)) throw new Error(`stty has no ${mode}`);
    }
  } finally {
    terminal.close();
  }
}

const press = (key) => (terminal) => terminal.keys(key);
const signal = (name) => () => void process.kill(Number(readFileSync(join(folder, "pid.txt"), "utf8")), name);

/** Sizes and keys, on one screen. */
async function looks(command) {
  const terminal = openTerminal(80, 24, folder);
  const fills = (rows) => (lines) =>
    seesPrograms(lines) && lines.length === rows - 1 && lines.at(-1)?.includes("?: help");
  try {
    await terminal.prompt();
    terminal.run(command);
    await terminal.until("a full screen at 80x24", fills(24));
    terminal.resize(200, 50);
    await terminal.until("a full screen at 200x50", fills(50));
    terminal.resize(40, 10);
    await terminal.until("a full screen at 40x10", fills(10));
    terminal.resize(39, 9);
    await terminal.until("the notice", (lines) => lines.join(" ").includes("too small") && !seesPrograms(lines));
    terminal.resize(80, 24);
    await terminal.until("a full screen at 80x24 again", fills(24));
    terminal.keys("Enter");
    await terminal.until("the program", (lines) => lines.some((line) => line.includes("Why people left")));
    terminal.keys("?");
    await terminal.until("the help", (lines) => lines.some((line) => line.includes("stop the run and leave")));
    terminal.keys("Escape");
    await terminal.until("the program again", (lines) => lines.some((line) => line.includes("Why people left")));
    terminal.keys("Escape");
    await terminal.until("the overview again", fills(24));
  } finally {
    terminal.close();
  }
}

/** Without colour not one control sequence styles the screen; with it some do. In CI colours are off by themselves. */
async function colours(command) {
  const styled = async (environment) => {
    const terminal = openTerminal(80, 24, folder);
    try {
      await terminal.prompt();
      terminal.run(`${environment} ${command}`);
      await terminal.until("the list of programs", seesPrograms);
      return terminal.coloured().includes("\u001b[");
    } finally {
      terminal.close();
    }
  };
  same("styled with NO_COLOR", await styled("NO_COLOR=1"), false);
  same("styled without it", await styled("env -u NO_COLOR -u CI"), true);
}

await bundleChild();
const demo = `node '${child}'`;
try {
  await check("cadenza run --ui: sizes and keys", () => looks(realCommand()));
  await check("cadenza run --ui: q stops the run and puts the terminal back", () =>
    leaves(realCommand(), press("q"), { code: 0, says: "mails sent" }),
  );
  await check("cadenza run --ui: Ctrl-C does so too", () => leaves(realCommand(), press("C-c"), { code: 0 }));
  await check("cadenza run --ui: SIGTERM does so too", () => leaves(realCommand(), signal("SIGTERM"), { code: 0 }));
  await check("cadenza run --ui: the screen stays after a replay until it is left", () =>
    leaves(
      realCommand("--now", "2026-01-01", "--until", "2026-01-08"),
      async (terminal) => {
        await terminal.until("the end of the replay", (lines) => lines[0]?.includes("ended"));
        signal("SIGTERM")();
      },
      { code: 0 },
    ),
  );
  await check("screen: sizes and keys", () => looks(demo));
  await check("screen: no colour where none is wanted", () => colours(demo));
  await check("screen: q puts the terminal back", () => leaves(demo, press("q"), { code: 0 }));
  await check("screen: Ctrl-C puts the terminal back", () => leaves(demo, press("C-c"), { code: 0 }));
  await check("screen: SIGTERM puts the terminal back", () => leaves(demo, signal("SIGTERM"), { code: 0 }));
  await check("screen: a crash puts the terminal back and leaves its message", () =>
    leaves(demo, signal("SIGUSR2"), { code: 1, says: "crashed on purpose" }),
  );
  await check("screen: a crash that nobody listens for puts the terminal back", () =>
    leaves(`${demo} --without-hooks`, signal("SIGUSR2"), { code: 1 }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(report, `${passed} ${failed}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
