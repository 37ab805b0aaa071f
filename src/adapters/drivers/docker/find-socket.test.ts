import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findSocket, isEngineNamed } from './find-socket.ts';

const only =
  (...sockets: string[]) =>
  (path: string): boolean =>
    sockets.includes(path);

describe('the socket of a container engine', () => {
  const home = { HOME: '/home/ada', XDG_RUNTIME_DIR: '/run/user/7' };

  for (const socket of [
    '/var/run/docker.sock',
    '/home/ada/.docker/run/docker.sock',
    '/run/user/7/docker.sock',
    '/run/user/7/podman/podman.sock',
    '/run/podman/podman.sock',
  ]) {
    it(`is found at ${socket}`, () => {
      assert.deepEqual(findSocket(home, only(socket)), { socket });
    });
  }

  it("is Docker's before Podman's, and the one that the user names before both", () => {
    const both = only('/var/run/docker.sock', '/run/podman/podman.sock', '/mine.sock');
    assert.equal(findSocket(home, both).socket, '/var/run/docker.sock');
    const docker = { ...home, DOCKER_HOST: 'unix:///mine.sock' };
    assert.equal(findSocket(docker, both).socket, '/mine.sock');
    const podman = { ...home, CONTAINER_HOST: 'unix:///mine.sock' };
    assert.equal(findSocket(podman, both).socket, '/mine.sock');
  });

  it('that the user names and that is not there is not replaced by another', () => {
    const env = { DOCKER_HOST: 'unix:///gone.sock' };
    const found = findSocket(env, only('/var/run/docker.sock'));
    assert.ok(found.socket === null);
    assert.match(found.reason, /DOCKER_HOST names \/gone\.sock, which is not there/);
    assert.ok(isEngineNamed(env) && !isEngineNamed({ DOCKER_HOST: '' }));
  });

  it('of another machine is refused: containers could not see the folders of this one', () => {
    for (const host of ['tcp://10.0.0.1:2375', 'ssh://ada@build']) {
      const found = findSocket({ DOCKER_HOST: host }, () => true);
      assert.ok(found.socket === null);
      assert.match(found.reason, /only engines of this machine/);
    }
  });

  it('that is nowhere says what to install', () => {
    const found = findSocket({}, () => false);
    assert.ok(found.socket === null);
    assert.match(found.hint, /install Docker or Podman/);
  });
});
