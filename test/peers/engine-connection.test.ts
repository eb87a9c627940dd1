import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { delimiter } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/base/limits.js';
import { connectEngine } from '../../src/transport/engine/connect.js';
import { type FakeEngine, startFakeEngine } from '../support/fake-engine.js';
import { type Peers, engineAvailable, preparePeers, toolAvailable } from './support/peers.js';
import { peerAvailable, requireProgram, runChecked } from './support/program.js';

const limits = DEFAULT_LIMITS;

describe('an engine behind ssh', () => {
  let peers: Peers;
  const path = process.env['PATH'] ?? '';
  beforeAll(async () => {
    peers = await preparePeers('ssh');
  });
  afterEach(() => {
    process.env['PATH'] = path;
  });
  afterAll(() => peers.stop());

  /** In the place of ssh, a shell on this machine that runs what the other one would. */
  const withoutNetwork = async (program: string): Promise<void> => {
    await writeFile(peers.path('ssh'), '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n', { mode: 0o755 });
    const folder = program.slice(0, program.lastIndexOf('/'));
    process.env['PATH'] = [peers.path(), folder, path].join(delimiter);
  };

  it.skipIf(!engineAvailable('docker 20'))('of Docker is reached by its own dial-stdio', async () => {
    const { socket } = await peers.engine('docker 20');
    await withoutNetwork(requireProgram('docker'));
    const engine = await connectEngine({ host: `ssh://me@host.example${socket}`, env: {}, limits });
    expect(engine.info).toMatchObject({ kind: 'docker', apiVersion: '1.41' });
    expect(await engine.images()).toStrictEqual([]);
    engine.close();
  });

  it.skipIf(!toolAvailable('podman', 'stable'))('of Podman by Podman', async () => {
    const socket = await (await peers.podman('stable')).serve();
    await withoutNetwork(requireProgram('podman'));
    const env = { CONTAINER_HOST: `ssh://host.example${socket}` };
    const engine = await connectEngine({ env, limits });
    expect(engine.info).toMatchObject({ kind: 'podman', endpointFrom: 'CONTAINER_HOST' });
    expect(await engine.images()).toStrictEqual([]);
    engine.close();
  });
});

describe.skipIf(!peerAvailable('openssl'))('an engine behind TLS', () => {
  let peers: Peers;
  let fake: FakeEngine;
  let host = '';
  let server: ReturnType<typeof createServer>;

  /** Words of a command line; none of them holds a space. */
  const openssl = (words: string): Promise<unknown> =>
    runChecked(requireProgram('openssl'), words.split(' '), { cwd: peers.path() });
  const NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  const makeAuthority = (name: string): Promise<unknown> =>
    openssl(`req -x509 ${NEW_KEY} -days 2 -subj /CN=${name} -keyout ${name}-key.pem -out ${name}.pem`);
  const makeCertificate = async (name: string, authority: string): Promise<void> => {
    await writeFile(peers.path('names.txt'), 'subjectAltName=IP:127.0.0.1\n');
    await openssl(`req ${NEW_KEY} -subj /CN=${name} -keyout ${name}-key.pem -out ${name}.csr`);
    const signer = `-CA ${authority}.pem -CAkey ${authority}-key.pem -CAcreateserial`;
    await openssl(`x509 -req -in ${name}.csr ${signer} -days 2 -extfile names.txt -out ${name}.pem`);
  };
  const material = async (folder: string, ca: string, client: string): Promise<string> => {
    const directory = peers.path(folder);
    await runChecked('mkdir', [directory]);
    await writeFile(`${directory}/ca.pem`, readFileSync(peers.path(`${ca}.pem`)));
    await writeFile(`${directory}/cert.pem`, readFileSync(peers.path(`${client}.pem`)));
    await writeFile(`${directory}/key.pem`, readFileSync(peers.path(`${client}-key.pem`)));
    return directory;
  };

  beforeAll(async () => {
    peers = await preparePeers('tls');
    fake = await startFakeEngine('docker-28-classic');
    await makeAuthority('authority');
    await makeAuthority('stranger');
    await makeCertificate('server', 'authority');
    await makeCertificate('client', 'authority');
    await makeCertificate('intruder', 'stranger');
    server = createServer(
      {
        ca: readFileSync(peers.path('authority.pem')),
        cert: readFileSync(peers.path('server.pem')),
        key: readFileSync(peers.path('server-key.pem')),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (incoming, outgoing) => {
        const { method, url: path, headers } = incoming;
        const onward = request({ socketPath: fake.socket, method, path, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(outgoing);
        });
        incoming.pipe(onward);
      },
    );
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await fake.stop();
    await peers.stop();
  });

  it('is reached with the files of DOCKER_CERT_PATH', async () => {
    const directory = await material('good', 'authority', 'client');
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: directory };
    const engine = await connectEngine({ env, limits });
    expect(engine.info).toMatchObject({ kind: 'docker', traits: { isEncrypted: true } });
    engine.close();
  });

  it('is refused if its certificate is of another authority', async () => {
    const env = {
      DOCKER_HOST: host,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: await material('bad', 'stranger', 'client'),
    };
    await expect(connectEngine({ env, limits })).rejects.toMatchObject({ code: 'ENGINE_TLS' });
  });

  it('is not reached by a client that it does not know', async () => {
    const directory = await material('other', 'authority', 'intruder');
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: directory };
    // It depends on who is faster: the alert, or the end of the connection.
    await expect(connectEngine({ env, limits })).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(?:TLS|SILENT)$/) as string,
    });
  });

  it('is not mistaken for one that speaks plainly', async () => {
    await expect(connectEngine({ host, env: {}, limits })).rejects.toMatchObject({
      code: expect.stringMatching(/^ENGINE_(?:SILENT|ANSWER_INVALID|FAILED)$/) as string,
    });
  });
});
