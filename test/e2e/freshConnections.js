'use strict';

const { fetch } = globalThis;

/**
 * Runs before each suite: every request has a connection of its own. On a kept one a busy machine may send when n8n
 * has just closed it, and a restart leaves such behind.
 *
 * @param {string | URL} url
 * @param {RequestInit} [init]
 */
globalThis.fetch = async (url, init = {}) => {
	const headers = new Headers(init.headers);
	headers.set('connection', 'close');
	return await fetch(url, { ...init, headers });
};
