/** Those that are there, beside each other. */
export const joined = (parts: readonly string[], by = ' · '): string => parts.filter((part) => part !== '').join(by);
