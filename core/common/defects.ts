/* Errors that are bugs of ours, told from input that is wrong. */

/** A bug that one piece of the work met. The other pieces were worked. */
export interface Defect {
	/** The piece of work, as people know it: `rule CPU`. */
	where: string;
	message: string;
	/** Empty where it was logged already. */
	stack: string;
}

export function defectOf(where: string, error: unknown): Defect {
	const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
	return { where, message: `${name}: ${message}`, stack };
}

const NAMES: readonly unknown[] = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError'];

/**
 * Whether a call of foreign code failed through a bug, and not through what it was given or its network: the
 * language threw. Node's own errors for wrong values and broken connections carry a `code` as well.
 */
export function isDefect(error: unknown): boolean {
	const { name, code, cause } = (error ?? {}) as Record<'name' | 'code' | 'cause', unknown>;
	return NAMES.includes(name) && code === undefined && cause === undefined;
}

/** Lets an error of foreign code go on where it is a bug. */
export function throwDefect(error: unknown): void {
	if (isDefect(error)) throw error;
}

/** The error where it is of the class that was to be expected; any other is a defect, and is thrown again. */
export function expected<E extends Error>(
	error: unknown,
	kind: abstract new (...args: never) => E,
): E {
	if (error instanceof kind) return error;
	throw error;
}
