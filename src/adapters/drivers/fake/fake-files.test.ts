import { nodeFilesConformance } from '../../../ports/node-files.conformance.ts';
import { FakeFiles } from './fake-files.ts';

nodeFilesConformance('fake', async () => {
  const files = new FakeFiles();
  return {
    files,
    write: async (ref, root, path, file) => files.put(ref, root, path, file),
    cleanup: async () => {},
  };
});
