import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

const PAGE_FILES: Record<string, string> = {
	'/': 'index.html',
	'/sandbox/': 'index.html',
	'/sandbox/playground.css': 'playground.css',
	'/sandbox/playground.js': 'playground.js',
	'/sandbox/words.js': 'words.js',
	'/sandbox/wire.js': 'wire.js',
};
const PAGE_TYPES: Record<string, string> = {
	html: 'text/html; charset=utf-8',
	css: 'text/css; charset=utf-8',
	js: 'text/javascript; charset=utf-8',
};
const PAGE_HEADERS = {
	'content-security-policy': [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"connect-src 'self'",
		'img-src data:',
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; '),
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-store',
};

/** Answers with a file of the playground; false when the path is none of its. */
export function servePage(path: string, folder: string, response: ServerResponse): boolean {
	const file = PAGE_FILES[path];
	if (!file) return false;
	const type = PAGE_TYPES[file.split('.').at(-1)!]!;
	const bytes = readFileSync(join(folder, file));
	response.writeHead(200, { ...PAGE_HEADERS, 'content-type': type });
	response.end(bytes);
	return true;
}
