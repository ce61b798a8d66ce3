type Method = (...args: never[]) => unknown;

/** The methods of an object, inherited ones included, each as calling it by name would find it. */
export function methodsOf(object: object): Map<string, Method> {
  const methods = new Map<string, Method>();
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && name !== 'constructor' && !methods.has(name)) {
        methods.set(name, value);
      }
    }
  }
  return methods;
}
