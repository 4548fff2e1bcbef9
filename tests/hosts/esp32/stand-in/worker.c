/* A thread that does one thing after the other for those who wait for it. */
#include <pthread.h>
#include "world.h"

struct WorkerRecord {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	Work work;
	void *argument;
	/* Of works begun and of works done. */
	unsigned begun, done;
};

static void *loop(void *argument)
{
	Worker worker = argument;
	pthread_mutex_lock(&worker->lock);
	for (;;) {
		while (!worker->work)
			pthread_cond_wait(&worker->changed, &worker->lock);
		pthread_mutex_unlock(&worker->lock);
		worker->work(worker->argument);
		pthread_mutex_lock(&worker->lock);
		worker->work = NULL;
		worker->done++;
		pthread_cond_broadcast(&worker->changed);
	}
	return NULL;
}

Worker newWorker(void)
{
	Worker worker = calloc(1, sizeof(struct WorkerRecord));
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->changed, NULL);
	pthread_create(&worker->thread, NULL, loop, worker);
	return worker;
}

/* Its number; with the lock held. */
static unsigned begin(Worker worker, Work work, void *argument)
{
	while (worker->work)
		pthread_cond_wait(&worker->changed, &worker->lock);
	worker->work = work;
	worker->argument = argument;
	pthread_cond_broadcast(&worker->changed);
	return ++worker->begun;
}

void startIn(Worker worker, Work work, void *argument)
{
	pthread_mutex_lock(&worker->lock);
	begin(worker, work, argument);
	pthread_mutex_unlock(&worker->lock);
}

void runIn(Worker worker, Work work, void *argument)
{
	pthread_mutex_lock(&worker->lock);
	unsigned number = begin(worker, work, argument);
	while (worker->done < number)
		pthread_cond_wait(&worker->changed, &worker->lock);
	pthread_mutex_unlock(&worker->lock);
}

int isBusy(Worker worker)
{
	pthread_mutex_lock(&worker->lock);
	int isBusy = worker->begun != worker->done;
	pthread_mutex_unlock(&worker->lock);
	return isBusy;
}

int isIn(Worker worker)
{
	return pthread_equal(pthread_self(), worker->thread);
}
