// What people do, and what they see of it until the bot answers.
import { signal } from "./lib.js";
import { ask, form, here, me, notices } from "./state.js";

const NO_ANSWER = "The application did not respond";

/** Components that wait for an answer, as message/custom_id; and what went wrong, by message. */
export const pending = signal(new Set());
export const failures = signal(new Map());

let lastNotice = 0;

/** Use a component of a message. */
export async function act(kind, message, customId, more = {}) {
  const key = `${message.id}/${customId}`;
  pending.value = new Set([...pending.value, key]);
  failures.value = without(failures.value, message.id);
  try {
    follow(await ask(kind, { message_id: message.id, custom_id: customId, ...more }));
  } catch (error) {
    failures.value = new Map(failures.value).set(message.id, error.message);
  }
  pending.value = new Set([...pending.value].filter((each) => each !== key));
}

/** Use a command; a line in the channel says so until the bot answers, and says why where nothing came of it. */
export async function use(kind, label, asked) {
  const notice = announce(label);
  try {
    follow(await ask(kind, asked));
    dismissNotice(notice.id);
  } catch (error) {
    notices.value = notices.value.map((each) => (each.id === notice.id ? { ...each, failure: error.message } : each));
  }
}

function announce(label) {
  lastNotice += 1;
  const notice = {
    id: lastNotice,
    label,
    user: me.value,
    at_ms: Date.now(),
    channel_id: here.value.channel_id,
    failure: "",
  };
  notices.value = [...notices.value, notice];
  return notice;
}

export function dismissNotice(id) {
  notices.value = notices.value.filter((each) => each.id !== id);
}

/** What an answered interaction leads to: maybe a form. Throws where there was no answer. */
export function follow(outcome) {
  if (outcome.failed) throw new Error(NO_ANSWER);
  if (outcome.modal) form.value = outcome;
}

function without(map, key) {
  return new Map([...map].filter(([each]) => each !== key));
}
