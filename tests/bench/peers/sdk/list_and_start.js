// Starts what is SHUTOFF, with the core of the Huawei Cloud SDK for Node.js: what its client of one service is made of.
//
//     HUAWEICLOUD_SDK_AK=… HUAWEICLOUD_SDK_SK=… node list_and_start.js URL PROJECT…
const {BasicCredentials} = require('@huaweicloud/huaweicloud-sdk-core');
const {ClientBuilder} = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder');

const PAGE = 1000;
const [url, ...projects] = process.argv.slice(2);

function clientOf(project) {
  const credential = new BasicCredentials()
    .withAk(process.env.HUAWEICLOUD_SDK_AK)
    .withSk(process.env.HUAWEICLOUD_SDK_SK)
    .withProjectId(project);
  return new ClientBuilder(client => client).withCredential(credential).withEndpoint(url).build();
}

async function instances(client, project) {
  const all = [];
  for (;;) {
    const page = await client.sendRequest({
      method: 'GET', url: '/v1/{project_id}/audit/instances', contentType: 'application/json',
      pathParams: {project_id: project}, queryParams: {offset: all.length, limit: PAGE}, headers: {},
    });
    const found = page.servers ?? page.instances ?? [];
    all.push(...found);
    if (found.length === 0 || all.length >= page.total) return all;
  }
}

async function start(client, project, instance) {
  const {result} = await client.sendRequest({
    method: 'POST', url: '/v1/{project_id}/audit/instance/start', contentType: 'application/json',
    pathParams: {project_id: project}, queryParams: {}, headers: {},
    data: {instance_id: instance.id ?? instance.instance_id},
  });
  return result.toLowerCase() === 'success';
}

async function reconcile(project) {
  const client = clientOf(project);
  const off = (await instances(client, project)).filter(instance => instance.status === 'SHUTOFF');
  return Promise.all(off.map(instance => start(client, project, instance)));
}

Promise.all(projects.map(reconcile)).then(all => {
  const starts = all.flat();
  const accepted = starts.filter(Boolean).length;
  console.log(`${accepted} of ${starts.length} starts accepted`);
  process.exitCode = accepted === starts.length ? 0 : 1;
});
