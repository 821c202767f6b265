/** One argument for a POSIX shell, whatever is in it. */
export const quoted = (argument: string): string => `'${argument.replaceAll("'", "'\\''")}'`;
