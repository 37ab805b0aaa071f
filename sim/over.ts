/** A port with some of its methods replaced. */
export function over<Port extends object>(port: Port, parts: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const own = Reflect.get(parts, name) as unknown;
      if (own !== undefined) return own;
      const member = Reflect.get(target, name, target) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
