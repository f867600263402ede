// Drives the screen in a real terminal and looks at what a person would see, also after leaving it.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { spawn } from "node:child_process";
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

function freshProject() {
  const project = mkdtempSync(join(folder, "starter-"));
  cpSync("examples/starter", project, { recursive: true });
  return project;
}

const cadenza = (...args) => ["node", resolve("dist/cadenza.js"), ...args].join(" ");
/** The command on a fresh copy of the starter. */
const realCommand = (...more) => cadenza("run", "--ui", "--project", freshProject(), ...more);

/** An engine in a process of its own, as `systemd` would start it; resolves when its socket is there. */
async function startEngine(project) {
  const engine = spawn("node", [resolve("dist/cadenza.js"), "run", "--project", project], { stdio: "ignore" });
  const socket = join(project, ".cadenza", "engine.sock");
  while (
    !(await new Promise((listens) => {
      const reached = connect(socket, () => listens(true));
      reached.on("error", () => listens(false));
      reached.on("connect", () => reached.destroy());
    }))
  )
    await new Promise((wait) => setTimeout(wait, 50));
  return engine;
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
    terminal.resize(60, 12);
    await terminal.until("a full screen at 60x12", fills(12));
    terminal.resize(40, 24);
    await terminal.until("the notice at 40 columns", (lines) => lines.join(" ").includes("too small"));
    terminal.resize(39, 9);
    await terminal.until("the notice", (lines) => lines.join(" ").includes("too small") && !seesPrograms(lines));
    terminal.resize(80, 24);
    await terminal.until("a full screen at 80x24 again", fills(24));
    terminal.keys("Enter");
    await terminal.until("the program", (lines) => lines.some((line) => line.includes("Why people left")));
    terminal.keys("?");
    await terminal.until("the help", (lines) => lines.some((line) => line.includes("to the first")));
    terminal.keys("Escape");
    await terminal.until("the program again", (lines) => lines.some((line) => line.includes("Why people left")));
    terminal.keys("Escape");
    await terminal.until("the overview again", fills(24));
  } finally {
    terminal.close();
  }
}

const says = (text) => (lines) => lines.some((line) => line.includes(text));

/** A person watches an engine: acts on it, sees it die and come back, suspends the screen, and leaves. */
async function watches() {
  const project = freshProject();
  let engine = await startEngine(project);
  const terminal = openTerminal(80, 24, folder);
  const other = openTerminal(200, 50, folder);
  try {
    await terminal.prompt();
    terminal.run("stty -a > before.txt; printf 'a first line\\n'");
    await terminal.prompt();
    terminal.run(cadenza("watch", "--project", project, "--by", "Ana"));
    await terminal.until("the list of programs", seesPrograms);
    await other.prompt();
    other.run(cadenza("watch", "--read-only", "--project", project));
    await other.until("the list of programs", seesPrograms);
    await other.until("that one may only look", says("read only"));
    terminal.keys("p");
    await terminal.until("the question", says("Pause onboarding?"));
    terminal.type("onboarding");
    terminal.keys("Enter");
    await terminal.until("that it is paused", says("paused"));
    await other.until("that it is paused, on the other screen", (lines) =>
      lines.some((line) => /^> onboarding +paused/.test(line)),
    );
    other.keys("K");
    await other.until("that one may not", says("--read-only"));
    terminal.keys("Enter");
    await terminal.until("the program", says("Why people left"));
    terminal.resize(200, 50);
    await terminal.until("the program on a large screen", (lines) => lines.length === 49);
    for (const key of ["m", "s", "l"]) terminal.keys(key);
    await terminal.until("the log", says("Tick of"));
    engine.kill("SIGKILL");
    await terminal.until("that the engine is gone", says("NO ENGINE"));
    await other.until("that the engine is gone, on the other screen", says("The engine has ended."));
    engine = await startEngine(project);
    await terminal.until("that it is back", says("The engine is back"));
    await terminal.until("how things stand", (lines) => !says("NO ENGINE")(lines));
    terminal.keys("C-z");
    await terminal.until("the shell", says("Stopped"));
    same("alternate screen and cursor while it is suspended", terminal.flags(), "0 1");
    // What stands behind a command on its line is done when the command is stopped.
    terminal.run('fg; echo "code $?"; stty -a > after.txt');
    await terminal.until("the log again", says("Tick of"));
    terminal.resize(80, 24);
    await terminal.until("the log at 80x24", (lines) => says("Tick of")(lines) && lines.length === 23);
    terminal.keys("q");
    await terminal.until("the exit code", says("code 0"));
    await terminal.prompt();
    same("alternate screen and cursor", terminal.flags(), "0 1");
    if (!says("a first line")(terminal.scrolled())) throw new Error("what was there before is gone");
    same("stty", readFileSync(join(folder, "after.txt"), "utf8"), readFileSync(join(folder, "before.txt"), "utf8"));
    other.keys("q");
    await other.prompt();
  } finally {
    terminal.close();
    other.close();
    engine.kill("SIGTERM");
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
  await check("cadenza watch: acts, sees the engine go and come back, is suspended, leaves", watches);
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
