/** Packages that bring no types: what the scripts use of them. */

declare module '@n8n/scan-community-package/scanner/scanner.mjs' {
	export const SOURCE_FILE_PATTERNS: string[];
	export function analyzePackage(
		folder: string,
		patterns?: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
}

declare module 'gulp' {
	type Task = () => unknown;
	export function src(
		globs: string,
		options: { base: string; encoding: false },
	): NodeJS.ReadWriteStream;
	export function dest(folder: string): NodeJS.ReadWriteStream;
	export function parallel(...tasks: Task[]): Task;
	export function series(...tasks: Task[]): Task;
}
