// What people type into a command's options, checked as Discord's client checks it. No page in here.

export const Type = {
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
};

const LENGTH_MAX = 6000;

/** Whether the option is chosen from a list. */
export function isChosen(option) {
  const lists = [Type.BOOLEAN, Type.USER, Type.CHANNEL, Type.ROLE, Type.MENTIONABLE];
  return option.choices.length > 0 || Boolean(option.autocomplete) || lists.includes(option.type);
}

/** The bounds in words; empty where there are none. */
export function bounds(option) {
  const numeric = option.type === Type.INTEGER || option.type === Type.NUMBER;
  const [low, high] = numeric ? [option.min_value, option.max_value] : [option.min_length, option.max_length];
  const unit = numeric ? "" : " characters";
  if (low !== undefined && high !== undefined) return `${low} to ${high}${unit}`;
  if (low !== undefined) return `at least ${low}${unit}`;
  return high === undefined ? "" : `at most ${high}${unit}`;
}

/** The value to send, as {value} or as {error}; {} for an option that was left empty. */
export function read(option, given) {
  if (given === undefined || given === "" || given === null) {
    return option.required ? { error: "This option is required." } : {};
  }
  switch (option.type) {
    case Type.STRING:
      return readText(option, given);
    case Type.INTEGER:
    case Type.NUMBER:
      return readNumber(option, given);
    default:
      return { value: given };
  }
}

function readText(option, given) {
  const most = option.max_length ?? LENGTH_MAX;
  const long = [...given].length;
  if (option.choices.length === 0 && (long > most || long < (option.min_length ?? 0)))
    return { error: `Must have ${bounds(option) || `at most ${most} characters`}: this has ${long}.` };
  return { value: given };
}

function readNumber(option, given) {
  const value = typeof given === "number" ? given : Number(given.replace(",", "."));
  if (!Number.isFinite(value)) return { error: "This is not a number." };
  if (option.type === Type.INTEGER && !Number.isInteger(value)) return { error: "This is not a whole number." };
  if (value < (option.min_value ?? -Infinity) || value > (option.max_value ?? Infinity))
    return { error: `Must be ${bounds(option)}.` };
  return { value };
}

/** All options at once: {values} by name, or {errors} by name. */
export function readAll(options, given) {
  const values = {};
  const errors = {};
  for (const option of options) {
    const { value, error } = read(option, given[option.name]);
    if (error !== undefined) errors[option.name] = error;
    else if (value !== undefined) values[option.name] = value;
  }
  return Object.keys(errors).length > 0 ? { errors } : { values };
}

/** Commands whose name or description holds what was typed after the slash; names that begin with it come first. */
export function matchingCommands(commands, typed) {
  const wanted = typed.replace(/^\//, "").trim().toLowerCase();
  const rank = ({ label, description }) => {
    if (label.toLowerCase().startsWith(wanted)) return 0;
    if (label.toLowerCase().includes(wanted)) return 1;
    return description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  const ranked = commands.map((command) => [rank(command), command]).filter(([at]) => at < 3);
  return ranked
    .sort(([a, one], [b, other]) => a - b || one.label.localeCompare(other.label))
    .map(([, command]) => command);
}
