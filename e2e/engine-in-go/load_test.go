package engine

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/service"
	"google.golang.org/protobuf/types/known/structpb"
)

// An engine has many workers, and each waits for its answer.
const callersPerCore = 4

// load measures calls of several callers at once: how many a second, and how long 95 of 100 take.
func load(b *testing.B, call func(client service.AsyncAgentServiceClient, number int64) error) {
	client := service.NewAsyncAgentServiceClient(dial(b))
	var number atomic.Int64
	var mutex sync.Mutex
	var took []time.Duration
	b.SetParallelism(callersPerCore)
	b.ResetTimer()
	b.RunParallel(func(calls *testing.PB) {
		for calls.Next() {
			began := time.Now()
			if err := call(client, number.Add(1)); err != nil {
				b.Error(err)
				return
			}
			mutex.Lock()
			took = append(took, time.Since(began))
			mutex.Unlock()
		}
	})
	b.StopTimer()
	slices.Sort(took)
	if len(took) == 0 {
		b.Fatal("no call was answered")
	}
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

// waiting is a task whose job waits for ever, by the flags in EXTRA: only the way to it is measured.
func waiting(b testing.TB, execution string) *admin.CreateTaskRequest {
	request := task(b, execution, "true")
	request.Template.Custom.Fields["submit_extra"] = structpb.NewStringValue(os.Getenv("EXTRA"))
	return request
}

func BenchmarkCreates(b *testing.B) {
	run := time.Now().UnixNano()
	load(b, func(client service.AsyncAgentServiceClient, number int64) error {
		_, err := client.CreateTask(within(b, callTimeout*6), waiting(b, fmt.Sprintf("load-%d-%d", run, number)))
		return err
	})
}

// Of an engine that has many tasks under way, and asks about each in turn.
const underWay = 20

func BenchmarkGets(b *testing.B) {
	client := service.NewAsyncAgentServiceClient(dial(b))
	metas := make([][]byte, underWay)
	for at := range metas {
		metas[at] = create(b, client, waiting(b, fmt.Sprintf("load-%d-%d", time.Now().UnixNano(), at)))
	}
	load(b, func(client service.AsyncAgentServiceClient, number int64) error {
		meta := metas[number%underWay]
		_, err := client.GetTask(within(b, callTimeout*6), &admin.GetTaskRequest{TaskType: taskType, ResourceMeta: meta})
		return err
	})
}
