/**
 * `${NAME}` and `$NAME` replaced by the values of the task's own variables; others stay. One
 * pass: a value is not filled again.
 * Source: SkyPilot 0.14.1, `sky/task.py`, `_fill_in_env_vars`.
 */
export function fillVariables(
  text: string,
  values: Readonly<Record<string, string | null>>,
): string {
  if (!text.includes('$')) return text;
  return text.replace(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (whole, braced, bare) => {
    const name: string = braced ?? bare;
    return (Object.hasOwn(values, name) ? values[name] : null) ?? whole;
  });
}
