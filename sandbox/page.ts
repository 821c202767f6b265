import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';

import type { World } from './world.ts';

const PAGE_FILES: Record<string, string> = {
	'/': 'index.html',
	'/sandbox/': 'index.html',
	'/sandbox/playground.css': 'playground.css',
	'/sandbox/playground.js': 'playground.js',
	'/sandbox/words.js': 'words.js',
	'/sandbox/wire.js': 'wire.js',
	'/sandbox/turns.js': 'turns.js',
	'/sandbox/panes.js': 'panes.js',
	'/sandbox/connections.js': 'connections.js',
	'/sandbox/codes.js': 'codes.js',
	'/sandbox/targets.js': 'targets.js',
	'/sandbox/markdown.js': 'markdown.js',
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
		"img-src 'self' data:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; '),
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-store',
};

/** What people sent or bots uploaded. Only pictures are shown, and nothing of it as a page of ours. */
export function serveFile(path: string, world: World, response: ServerResponse): boolean {
	const key = /^\/sandbox\/files\/([\w@.-]+)$/.exec(path)?.[1];
	const file = key && world.files.get(key);
	if (!file) return false;
	const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.contentType);
	response.writeHead(200, {
		...PAGE_HEADERS,
		'content-security-policy': "default-src 'none'; sandbox",
		'content-type': picture ? file.contentType : 'application/octet-stream',
		...(!picture && { 'content-disposition': 'attachment' }),
	});
	response.end(file.data);
	return true;
}

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
