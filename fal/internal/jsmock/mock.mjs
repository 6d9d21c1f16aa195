// Takes fal's own client through one scenario in front of falgen mock and prints what the caller got:
//
//   node mock.mjs FOLDER SCENARIO [ARGUMENT]
//
// FOLDER has the client in its node_modules. FAL_BASE_URL and FAL_KEY are as falgen mock prints them.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, name, argument] = process.argv.slice(2);
const base = process.env.FAL_BASE_URL;
const require = createRequire(join(folder, "package.json"));

// The mock takes all calls as a proxy does, so that the client needs no change: only its sockets know no proxy.
globalThis.WebSocket = class extends require("ws") {
  constructor(target) {
    const { host, pathname, search } = new URL(target);
    super(`${base.replace(/^http/, "ws")}/${host}${pathname}${search}`);
  }
};

const { createFalClient, withProxy } = require("@fal-ai/client");
const fal = createFalClient({ requestMiddleware: withProxy({ targetUrl: base, when: "always" }) });

const rife = "fal-ai/rife/video";
const input = { video_url: "https://example.com/in.mp4", num_frames: 2 };
const badInput = { video_url: "https://example.com/in.mp4", num_frames: 9, loop: "maybe" };

// Follows a job with its logs, and returns what was seen on the way, too.
const watched = async (options) => {
  const seen = [];
  const result = await fal.subscribe(rife, {
    input,
    logs: true,
    onEnqueue: (id) => seen.push(id),
    onQueueUpdate: (s) => seen.push([s.status, (s.logs ?? []).map((l) => l.message)]),
    ...options,
  });
  return { seen, ...result };
};

const streamed = async (options) => {
  const stream = await fal.stream(rife, options);
  const done = stream.done();
  done.catch(() => {}); // a failure before somebody waits for it would end the process
  const events = [];
  for await (const event of stream) {
    events.push(event);
  }
  await done;
  return events;
};

// Sends each input once the one before it is answered.
const talked = (...inputs) =>
  new Promise((resolve, reject) => {
    const outputs = [];
    const connection = fal.realtime.connect(rife, {
      throttleInterval: 0,
      onResult: (output) => {
        if (outputs.push(output) < inputs.length) {
          connection.send(inputs[outputs.length]);
          return;
        }
        connection.close();
        resolve(outputs);
      },
      onError: (error) => {
        connection.close();
        reject(error);
      },
    });
    connection.send(inputs[0]);
  });

const mib = 1 << 20;

// Each MiB of a file is filled with its number, so that no two parts of an upload are alike.
const file = (size) => {
  const data = new Uint8Array(size * mib);
  for (let i = 0; i < size; i++) {
    data.fill(i, i * mib, (i + 1) * mib);
  }
  return new File([data], "clip.mp4", { type: "video/mp4" });
};

const uploaded = async (size) => {
  const url = await fal.storage.upload(file(size));
  const response = await fetch(url);
  const sha256 = createHash("sha256").update(Buffer.from(await response.arrayBuffer())).digest("hex");
  return { url, type: response.headers.get("content-type"), sha256 };
};

const scenarios = {
  "run": () => fal.run(rife, { input }),
  "run with a file": () => fal.run(rife, { input: { video_url: file(1) } }),
  "run refused": () => fal.run(rife, { input: badInput }),

  "subscribe": () => watched({ pollInterval: 1 }),
  "subscribe by stream": () => watched({ mode: "streaming" }),
  "subscribe refused": () => fal.subscribe(rife, { input: badInput, pollInterval: 1 }),

  "queue": async () => {
    const { request_id: requestId } = await fal.queue.submit(rife, { input });
    const statuses = [];
    do {
      statuses.push(await fal.queue.status(rife, { requestId, logs: true }));
    } while (statuses.at(-1).status !== "COMPLETED");
    return { statuses, result: await fal.queue.result(rife, { requestId }) };
  },
  "cancel": async () => {
    const { request_id: requestId } = await fal.queue.submit(rife, { input });
    await fal.queue.cancel(rife, { requestId });
    return fal.queue.result(rife, { requestId });
  },
  "webhook": async () => (await fal.queue.submit(rife, { input, webhookUrl: argument })).request_id,

  "stream": () => streamed({ input }),
  "stream refused": () => streamed({ input: badInput }),

  "realtime": () => talked(input, { ...input, num_frames: 4 }),
  "realtime refused": () => talked(badInput),

  "upload": () => uploaded(1),
  "upload in parts": () => uploaded(95),
};

const outcome = {};
try {
  outcome.value = await scenarios[name]();
} catch (error) {
  if (error.status === undefined) {
    throw error; // no answer of the mock's
  }
  outcome.error =
    error.body?.type === "x-fal-error"
      ? error.body // of a socket: its status is the client's own invention
      : {
          status: error.status,
          request: error.requestId ?? "",
          fields: (error.fieldErrors ?? []).map((f) => [f.loc, f.msg, f.type]),
        };
}
console.log(JSON.stringify(outcome));
