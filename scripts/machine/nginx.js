'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { paths } = require('./paths.js');
const { freePorts } = require('./ports.js');
const { start, untilReady } = require('./processes.js');
const { StepFailure } = require('./steps.js');

const NGINX = '/usr/sbin/nginx';
/** The set-up that users get; a test changes its addresses and nothing else. */
const CONFIG = path.join(paths.root, 'deploy', 'nginx', 'n8n.conf');

/** Debian packages that are missing for `startNginx`. */
const missingNginx = () => (fs.existsSync(NGINX) ? [] : ['nginx-light']);

/**
 * The bundled configuration without TLS, on a port of this machine, in front of another one.
 *
 * @param {{ port: number, n8nPort: number }} ports
 */
function siteOf({ port, n8nPort }) {
	/** @type {[RegExp, string][]} */
	const changes = [
		[/^\tlisten 443 ssl http2;$/m, `\tlisten 127.0.0.1:${port};`],
		[/^\tssl_certificate(_key)? .*\n/gm, ''],
		[/^\tserver 127\.0\.0\.1:5678;$/m, `\tserver 127.0.0.1:${n8nPort};`],
	];
	return changes.reduce(
		(text, [from, to]) => {
			const changed = text.replace(from, to);
			if (changed === text) throw new Error(`${CONFIG} has no ${from}`);
			return changed;
		},
		fs.readFileSync(CONFIG, 'utf8'),
	);
}

/** @param {string} folder */
const mainOf = (folder) => `daemon off;
error_log stderr notice;
pid ${folder}/pid;
worker_processes 1;
events {}
http {
	access_log off;
	client_body_temp_path ${folder}/body;
	proxy_temp_path ${folder}/proxy;
	fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi;
	scgi_temp_path ${folder}/scgi;
	include ${folder}/site.conf;
}
`;

/**
 * Starts Nginx for a test with the bundled configuration, on a free port of 127.0.0.1 and in a temporary
 * folder that is removed on stop.
 *
 * @param {number} n8nPort
 */
async function startNginx(n8nPort) {
	if (missingNginx().length > 0) {
		throw new StepFailure(
			'there is no Nginx',
			'Install it (Debian, Ubuntu): apt-get install nginx-light',
		);
	}
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clawbot-nginx-'));
	// As root, Nginx works as another user, who has to reach its folder.
	fs.chmodSync(folder, 0o755);
	const { port } = await freePorts('port');
	fs.writeFileSync(path.join(folder, 'site.conf'), siteOf({ port, n8nPort }));
	fs.writeFileSync(path.join(folder, 'nginx.conf'), mainOf(folder));
	const server = start(NGINX, [
		'-p',
		folder,
		'-e',
		'stderr',
		'-c',
		path.join(folder, 'nginx.conf'),
	]);

	async function stop() {
		await server.stop(2_000);
		fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	}

	try {
		const works = () => server.output().includes('start worker process');
		await untilReady(server, 'Nginx', works, 10);
	} catch (error) {
		await stop();
		throw error;
	}
	return { origin: `http://127.0.0.1:${port}`, stop };
}

module.exports = { missingNginx, startNginx };
