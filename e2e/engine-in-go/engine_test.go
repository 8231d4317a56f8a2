// Package engine drives the agent as the workflow engine does, in the engine's own language and with the stubs that its
// plugin is built on (flyteidl). The plugin's own module cannot be had from the module proxy.
//
// AGENT is where it listens. Without an agent these tests fail.
package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/core"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/service"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	taskType = "mmcloud_task"
	// The engine's default for a call.
	callTimeout = 10 * time.Second
	jobTimeout  = 2 * time.Minute
	// Of a thousand calls at once the last are answered late on two cores.
	burstTimeout = 3 * time.Minute
)

// dial makes a connection of its own, as the engine does each time it asks who is there.
func dial(t testing.TB) *grpc.ClientConn {
	t.Helper()
	address := os.Getenv("AGENT")
	if address == "" {
		t.Fatal("AGENT is not set: start `float nebula serve` and say where it listens")
	}
	connection, err := grpc.Dial("dns:///"+address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(`{"loadBalancingConfig": [{"round_robin":{}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return connection
}

func within(t testing.TB, timeout time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	t.Cleanup(cancel)
	return ctx
}

// task is one node's execution of a program in image python.
func task(t testing.TB, execution string, args ...string) *admin.CreateTaskRequest {
	t.Helper()
	custom, err := structpb.NewStruct(map[string]any{
		"submit_extra": "",
		"resources":    []any{"1", "1", nil, nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	identifier := &core.Identifier{
		ResourceType: core.ResourceType_TASK, Project: "p", Domain: "d", Name: "flows.program", Version: "v1",
	}
	return &admin.CreateTaskRequest{
		Inputs: &core.LiteralMap{},
		Template: &core.TaskTemplate{
			Id: identifier, Type: taskType, Custom: custom, Interface: &core.TypedInterface{},
			Target: &core.TaskTemplate_Container{Container: &core.Container{Image: "python", Args: args}},
		},
		OutputPrefix: "s3://data/" + execution,
		TaskExecutionMetadata: &admin.TaskExecutionMetadata{
			TaskExecutionId: &core.TaskExecutionIdentifier{
				TaskId: identifier,
				NodeExecutionId: &core.NodeExecutionIdentifier{
					NodeId:      "n0",
					ExecutionId: &core.WorkflowExecutionIdentifier{Project: "p", Domain: "d", Name: execution},
				},
			},
		},
	}
}

func create(t testing.TB, client service.AsyncAgentServiceClient, request *admin.CreateTaskRequest) []byte {
	t.Helper()
	answer, err := client.CreateTask(within(t, callTimeout), request)
	if err != nil {
		t.Fatal(err)
	}
	return answer.GetResourceMeta()
}

func get(t *testing.T, client service.AsyncAgentServiceClient, meta []byte) *admin.Resource {
	t.Helper()
	answer, err := client.GetTask(within(t, callTimeout), &admin.GetTaskRequest{
		TaskType: taskType, TaskCategory: &admin.TaskCategory{Name: taskType}, ResourceMeta: meta,
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer.GetResource()
}

// poll asks until the phase is wanted, as often as the engine does, and fails when it can no longer become that.
func poll(
	t *testing.T, client service.AsyncAgentServiceClient, meta []byte, wanted core.TaskExecution_Phase,
) *admin.Resource {
	t.Helper()
	ctx := within(t, jobTimeout)
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	for {
		resource := get(t, client, meta)
		switch phase := resource.GetPhase(); phase {
		case wanted:
			return resource
		case core.TaskExecution_SUCCEEDED, core.TaskExecution_FAILED, core.TaskExecution_ABORTED:
			t.Fatalf("it is %s, not %s: %s", phase, wanted, resource.GetMessage())
		}
		select {
		case <-ctx.Done():
			t.Fatalf("it is still %s, not %s: %s", resource.GetPhase(), wanted, resource.GetMessage())
		case <-ticker.C:
		}
	}
}

func remove(t *testing.T, client service.AsyncAgentServiceClient, meta []byte) {
	t.Helper()
	request := &admin.DeleteTaskRequest{TaskType: taskType, ResourceMeta: meta}
	if _, err := client.DeleteTask(within(t, callTimeout), request); err != nil {
		t.Fatal(err)
	}
}

func TestTheEngineDiscoversWhoServesTheTaskType(t *testing.T) {
	for range 3 {
		answer, err := service.NewAgentMetadataServiceClient(dial(t)).
			ListAgents(within(t, callTimeout), &admin.ListAgentsRequest{})
		if err != nil {
			t.Fatal(err)
		}
		agents := answer.GetAgents()
		if len(agents) != 1 || agents[0].GetIsSync() || agents[0].GetSupportedTaskCategories()[0].GetName() != taskType {
			t.Fatalf("unexpected agents: %v", agents)
		}
	}
	health, err := grpc_health_v1.NewHealthClient(dial(t)).
		Check(within(t, callTimeout), &grpc_health_v1.HealthCheckRequest{Service: "flyteidl.service.AsyncAgentService"})
	if err != nil || health.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Fatalf("health: %v, %v", health, err)
	}
}

func TestATaskIsCreatedPolledAndDeleted(t *testing.T) {
	client := service.NewAsyncAgentServiceClient(dial(t))
	meta := create(t, client, task(t, "answer", "python3", "-c", "print('the answer is', 6 * 7)"))
	done := poll(t, client, meta, core.TaskExecution_SUCCEEDED)
	if done.GetOutputs() != nil {
		t.Error("outputs have to be absent: the engine reads outputs.pb")
	}
	if len(done.GetLogLinks()) == 0 {
		t.Error("no link to a log")
	}

	stream, err := client.GetTaskLogs(within(t, callTimeout), &admin.GetTaskLogsRequest{TaskType: taskType, ResourceMeta: meta})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for {
		part, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, part.GetBody().GetResults()...)
	}
	if !strings.Contains(strings.Join(said, "\n"), "the answer is 42") {
		t.Errorf("its log is %q", said)
	}
	remove(t, client, meta)
}

func TestAProgramThatFailsHasFailed(t *testing.T) {
	client := service.NewAsyncAgentServiceClient(dial(t))
	meta := create(t, client, task(t, "fails", "python3", "-c", "raise SystemExit('no such number')"))
	failed := poll(t, client, meta, core.TaskExecution_FAILED)
	if !strings.Contains(failed.GetMessage(), "no such number") {
		t.Errorf("its message is %q", failed.GetMessage())
	}
}

func TestManyCreatesOfOneExecutionAreOneJobAndAnAbortEndsIt(t *testing.T) {
	const times = 20
	connection := dial(t)
	metas := make([]string, times)
	var all sync.WaitGroup
	for at := range times {
		all.Add(1)
		go func() {
			defer all.Done()
			answer, err := service.NewAsyncAgentServiceClient(connection).
				CreateTask(within(t, callTimeout), task(t, "once", "sleep", "600"))
			if err != nil {
				t.Error(err)
				return
			}
			metas[at] = string(answer.GetResourceMeta())
		}()
	}
	all.Wait()
	for _, meta := range metas {
		if meta != metas[0] {
			t.Fatalf("two jobs: %s and %s", metas[0], meta)
		}
	}
	var told struct {
		JobID string `json:"job_id"`
	}
	if err := json.Unmarshal([]byte(metas[0]), &told); err != nil || told.JobID == "" {
		t.Fatalf("resource_meta is %q", metas[0])
	}
	client := service.NewAsyncAgentServiceClient(connection)
	remove(t, client, []byte(metas[0]))
	remove(t, client, []byte(metas[0]))
	poll(t, client, []byte(metas[0]), core.TaskExecution_ABORTED)
}

// A burst such as a large map task brings: some of it may have to be sent again, none of it makes a second job.
func TestAThousandCreatesAtOnceAreAThousandJobsHoweverOftenTheyAreSent(t *testing.T) {
	const jobs = 1000
	client := service.NewAsyncAgentServiceClient(dial(t))
	requests := make([]*admin.CreateTaskRequest, jobs)
	for at := range jobs {
		requests[at] = waiting(t, fmt.Sprintf("burst-%d", at))
	}
	first := inParallel(t, jobs, func(at int) ([]byte, error) {
		answer, err := client.CreateTask(within(t, burstTimeout), requests[at])
		return answer.GetResourceMeta(), err
	})
	again := inParallel(t, jobs, func(at int) ([]byte, error) {
		answer, err := client.CreateTask(within(t, burstTimeout), requests[at])
		return answer.GetResourceMeta(), err
	})
	distinct := map[string]bool{}
	for at := range jobs {
		distinct[string(first[at])] = true
		if string(first[at]) != string(again[at]) {
			t.Fatalf("two jobs of one task: %s and %s", first[at], again[at])
		}
	}
	if len(distinct) != jobs {
		t.Fatalf("%d jobs of %d tasks", len(distinct), jobs)
	}
	// In time and truly, though the OpCenter may have no time for all of them at once.
	inParallel(t, jobs, func(at int) ([]byte, error) {
		answer, err := client.GetTask(within(t, callTimeout), &admin.GetTaskRequest{TaskType: taskType, ResourceMeta: first[at]})
		if phase := answer.GetResource().GetPhase(); err == nil && phase != core.TaskExecution_QUEUED {
			return nil, fmt.Errorf("it is %s: %s", phase, answer.GetResource().GetMessage())
		}
		return nil, err
	})
}

// inParallel makes all calls at once and fails when one of them does.
func inParallel(t *testing.T, calls int, call func(at int) ([]byte, error)) [][]byte {
	t.Helper()
	answers := make([][]byte, calls)
	var all sync.WaitGroup
	for at := range calls {
		all.Add(1)
		go func() {
			defer all.Done()
			answer, err := call(at)
			if err != nil {
				t.Errorf("call %d: %v", at, err)
			}
			answers[at] = answer
		}()
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return answers
}

func TestWhatIsNotServedIsNotFound(t *testing.T) {
	request := task(t, "other", "true")
	request.Template.Type = "spark"
	_, err := service.NewAsyncAgentServiceClient(dial(t)).CreateTask(within(t, callTimeout), request)
	if status.Code(err) != codes.NotFound || !strings.Contains(err.Error(), "Cannot find connector for task type: spark.") {
		t.Fatalf("unexpected answer: %v", err)
	}
}
